#include "demos/rewire/app.h"

int main(int argc, char** argv) { return sprig::course::rewire_main(argc, argv); }
