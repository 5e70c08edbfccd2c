// build/moons: two moons, a static sparse network against one that RigL rewires.
#include "demos/moons/app.h"

int main(int argc, char** argv) { return sprig::moons_main(argc, argv); }
