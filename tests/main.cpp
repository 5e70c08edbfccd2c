// The test program's main. Every other file in tests/ registers its cases by being linked;
// `build/unit-tests --help` lists doctest's own options.

#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
