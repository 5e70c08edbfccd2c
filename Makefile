# sprig: `make demo` tells the story, `make test` checks everything, `make help` lists the rest.
# A target sets the machine up (.ci/setup), compiles in parallel, then runs with live output.
# Sources are found by where they stand; a directory demos/NAME with a main.cpp is a demo.

ifeq ($(filter output-sync,$(.FEATURES)),)
  $(error sprig needs GNU make 4, not $(MAKE_VERSION); on macOS: brew install make, then gmake)
endif

# ---- What a user may set, as in: make test BUILD=build/clang CXX=clang++ WERROR=1 ------------

BUILD        ?= build
PREFIX       ?= /usr/local
DESTDIR      ?=
DATA         ?= build/data
DEMO         ?= moons
ARGS         ?=
FILTER       ?=
CASE         ?=
FUZZ_SECONDS ?= 60
JOBS         ?= $(shell getconf _NPROCESSORS_ONLN)
WERROR       ?=
SANITIZE     ?=

# ---- Sources and what becomes of them --------------------------------------------------------

objects  = $(patsubst %.cpp,$(BUILD)/obj/%.o,$(wildcard $(1)))
DEMOS   := $(patsubst demos/%/main.cpp,%,$(wildcard demos/*/main.cpp))
FUZZERS := $(patsubst tests/fuzz/%_fuzz.cpp,%,$(wildcard tests/fuzz/*_fuzz.cpp))
HEADERS := $(wildcard engine/*.h nn/*.h nn/*/*.h)
FOLDERS := engine nn nn/* demos demos/* tests tests/*
SOURCES := $(wildcard $(FOLDERS:%=%/*.h) $(FOLDERS:%=%/*.cpp))

# The kernels are compiled for several kinds of processor; engine/processor.cpp picks one.
# Under a sanitizer one kind and few lengths of rows must do: the others take minutes.
PROCESSORS := any_processor $(if $(SANITIZE),,\
              $(if $(findstring x86_64,$(shell $(CXX) -dumpmachine)),x86_64_v3 x86_64_v4))
KERNELS    := $(PROCESSORS:%=$(BUILD)/obj/engine/program_kernels_%.o)

# The thread sanitizer looks at the suites about threads alone, and none of them at the rows of
# the benchmark, which take it minutes to compile.
TESTS := $(wildcard tests/*.cpp)
ifneq ($(SANITIZE),)
  TESTS := $(filter-out tests/bench_rows_test.cpp,$(TESTS))
endif
ifeq ($(SANITIZE),thread)
  TESTS := tests/main.cpp $(shell grep -l 'SUITE.*threads' $(TESTS))
endif

LIBRARY       := $(BUILD)/libsprig.a
SHARED        := $(call objects,demos/*.cpp)
DEMO_PROGRAMS := $(DEMOS:%=$(BUILD)/%)
UNIT_TESTS    := $(BUILD)/unit-tests
FUZZ_PROGRAMS := $(FUZZERS:%=$(BUILD)/%_fuzz)
BENCH         := $(BUILD)/bench
BENCH_MICRO   := $(BUILD)/bench-micro
BENCH_ROWS    := $(if $(SANITIZE),,$(call objects,tests/bench/workload.cpp \
                   tests/bench/hand_*.cpp tests/bench/ladder.cpp tests/bench/sprig_*.cpp))
PEER_ROWS     := $(call objects,tests/bench/adolc.cpp tests/bench/sacado.cpp tests/bench/stan.cpp)
PEERS         := $(wildcard /usr/include/adolc /usr/include/trilinos/Sacado_trad.hpp \
                   /usr/lib/R/site-library/StanHeaders/include \
                   /usr/lib/R/site-library/RcppEigen/include \
                   /usr/lib/R/site-library/RcppParallel/include)

# ---- Compiling and linking -------------------------------------------------------------------

ALWAYS    = -std=c++20 -ffp-contract=off -pthread -I. $(HOMEBREW)
HOMEBREW  = $(addprefix -isystem ,$(wildcard /opt/homebrew/include))
WARNINGS  = -Wall -Wextra -Wshadow $(if $(WERROR),-Werror)
SANITIZER = $(if $(SANITIZE),-O1 -g -fsanitize=$(SANITIZE) -fno-sanitize-recover=all \
            -DSPRIG_FEW_KERNELS)
COMPILE   = $(CXX) -O2 $(WARNINGS) $(CPPFLAGS) $(CXXFLAGS) $(SANITIZER) $(ALWAYS)
LINK      = $(CXX) $(SANITIZER) $(LDFLAGS) -pthread
GRAPHVIZ  = libgvc libcgraph
LIBS      = $$(pkg-config --libs $(GRAPHVIZ) fmt gsl zlib)

$(BUILD)/obj/%.o: %.cpp $(BUILD)/flags
	@mkdir -p $(@D)
	@echo "compile $<"
	@$(COMPILE) $(EXTRA) -MMD -MP -c $< -o $@

$(BUILD)/obj/engine/graphviz.o: private EXTRA = $$(pkg-config --cflags $(GRAPHVIZ))
$(BUILD)/obj/demos/statistics.o: private EXTRA = $$(pkg-config --cflags gsl)
$(BUILD)/obj/demos/idx.o: private EXTRA = $$(pkg-config --cflags zlib)

KERNEL_FLAGS  = $(if $(SANITIZE),-O1,-O3) -fno-math-errno -Wno-psabi
$(KERNELS): private EXTRA = $(KERNEL_FLAGS) -DSPRIG_PROCESSOR=$* $($*)
x86_64_v3     = -march=x86-64-v3
x86_64_v4     = -march=x86-64-v4
$(KERNELS): $(BUILD)/obj/engine/program_kernels_%.o: engine/program_kernels.cpp $(BUILD)/flags
	@mkdir -p $(@D)
	@echo "compile $< for $*"
	@$(COMPILE) $(EXTRA) -MMD -MP -c $< -o $@

# Long plain loops over parameters.
$(call objects,engine/program_replay.cpp engine/program_uniforms.cpp nn/optimizer.cpp): \
    private EXTRA = -O3

$(LIBRARY): $(filter-out %/program_kernels.o,$(call objects,engine/*.cpp nn/*.cpp nn/*/*.cpp)) $(KERNELS) \
            $(BUILD)/sources
	@rm -f $@ && $(AR) rcs $@ $(filter %.o,$^)

$(DEMO_PROGRAMS) $(UNIT_TESTS) $(FUZZ_PROGRAMS) $(BENCH) $(BENCH_MICRO): \
    $(SHARED) $(LIBRARY) $(BUILD)/sources
	@echo "link    $@"
	@$(LINK) $(EXTRA) $(filter %.o,$^) $(LIBRARY) $(LIBS) $(EXTRA_LIBS) -o $@

$(foreach demo,$(DEMOS),$(eval $(BUILD)/$(demo): $(call objects,demos/$(demo)/*.cpp)))
$(UNIT_TESTS): $(call objects,$(TESTS)) $(filter-out %/main.o,$(call objects,demos/*/*.cpp)) \
               $(BENCH_ROWS)
$(FUZZ_PROGRAMS): $(BUILD)/%: $(BUILD)/obj/tests/fuzz/%.o
$(FUZZ_PROGRAMS): private EXTRA = -fsanitize=fuzzer

# The hand-written rows of the benchmark may use all that this machine has. Other people's
# libraries are used where they are found, and only there.
$(BENCH): $(filter-out %/micro.o,$(call objects,tests/bench/*.cpp))
$(BENCH): private EXTRA_LIBS = $(if $(filter %/adolc,$(PEERS)),-ladolc)
$(BENCH_MICRO): $(call objects,tests/bench/micro.cpp)
$(BENCH_MICRO): private EXTRA_LIBS = -lbenchmark
$(PEER_ROWS): $(BUILD)/peers
$(PEER_ROWS): private EXTRA = $(addprefix -isystem ,$(filter %/include,$(PEERS)) \
                                $(patsubst %/,%,$(dir $(filter %.hpp,$(PEERS)))))
$(call objects,tests/bench/hand_*.cpp): private EXTRA = -O3 -march=native
$(BUILD)/obj/tests/bench/pytorch.o: private EXTRA = \
  -DPYTORCH_ROWS='"$(abspath tests/bench/pytorch_rows.py)"'

# These change only when what they say does: new flags compile all, new files link anew.
$(BUILD)/flags:   export CONTENT = $(COMPILE) $(LDFLAGS)
$(BUILD)/sources: export CONTENT = $(SOURCES)
$(BUILD)/peers:   export CONTENT = $(PEERS)
$(BUILD)/flags $(BUILD)/sources $(BUILD)/peers: FORCE
	@mkdir -p $(@D)
	@echo "$$CONTENT" | cmp -s - $@ || echo "$$CONTENT" > $@

-include $(shell find $(BUILD)/obj -name '*.d' 2> /dev/null)

# ---- Targets: set up, compile, run -----------------------------------------------------------

SETUP     = @CXX='$(CXX)' sh .ci/setup
RUN_MAKE  = @+$(MAKE) --no-print-directory
COMPILED  = $(RUN_MAKE) --output-sync=target $(if $(filter -j%,$(MAKEFLAGS)),,-j$(JOBS))
SANITIZED = $(COMPILED) BUILD=$(BUILD)/$@ WERROR=
PICKED    = $(strip $(if $(FILTER),-ts='$(FILTER)') $(if $(CASE),-tc='$(CASE)'))

# To doctest, a run of no test is a success; a FILTER with a slip in it should not be one.
run_tests = @$(1) --count | grep -q ' [1-9][0-9]*$$' || \
  { echo "sprig: no test matches in: $(1)"; exit 2; }; $(1)

# g++ 12's thread sanitizer gives up where the kernel spreads addresses far: keep them close.
CLOSE_ADDRESSES = $$(setarch -R true 2> /dev/null && echo setarch -R)

# The known leaks go by names, which the fast unwinder does not find in Graphviz.
KNOWN_LEAKS = LSAN_OPTIONS=suppressions=.ci/leaks.supp:print_suppressions=0 \
              ASAN_OPTIONS=fast_unwind_on_malloc=0

ifneq ($(word 2,$(MAKECMDGOALS)),)
.NOTPARALLEL: # `make -j demo test`: each would compile what the other needs
endif
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.PHONY: FORCE all programs demo data debug test bench bench-micro asan tsan fuzz fuzzers format \
        check-format check-layers check-docs check-install install clean help

all: ## compile the library and every demo
	$(SETUP) demo
	$(COMPILED) programs

programs: $(LIBRARY) $(DEMO_PROGRAMS)

demo: ## run a demo: DEMO=moons, ARGS='--help'; what it makes goes to out/
	$(if $(filter $(DEMO),$(DEMOS)),,$(error there is no demo '$(DEMO)'; there is: $(DEMOS)))
	$(SETUP) demo
	$(COMPILED) $(BUILD)/$(DEMO)
	@$(BUILD)/$(DEMO) $(ARGS)

data: ## get MNIST and Fashion-MNIST, for the demos with images, into DATA=build/data
	@sh .ci/data '$(DATA)'

debug: ## compile the demos for a debugger, into build/debug: gdb build/debug/moons
	$(SETUP) demo
	$(COMPILED) BUILD=$(BUILD)/debug CXXFLAGS='-O0 -g' programs

test: ## run all tests, or some: FILTER='*strip*' picks suites, CASE='*twice*' cases
	$(SETUP) test
	$(COMPILED) $(UNIT_TESTS)
	$(call run_tests,$(UNIT_TESTS) $(PICKED))
	$(if $(PICKED),,$(RUN_MAKE) check-layers check-docs check-install)

bench: ## time sprig against hand-written code and other libraries: ARGS='--help'
	$(SETUP) bench
	$(COMPILED) $(BENCH) $(BENCH_MICRO)
	@$(BENCH) $(ARGS)
	$(if $(ARGS),,@$(BENCH_MICRO))

bench-micro: ## time one operation, one neuron, recording, backward (Google Benchmark)
	$(SETUP) bench
	$(COMPILED) $(BENCH_MICRO)
	@$(BENCH_MICRO) $(ARGS)

asan: ## run the unit tests under the address and undefined behaviour sanitizers
	$(SETUP) test
	$(SANITIZED) SANITIZE=address,undefined $(BUILD)/asan/unit-tests
	$(call run_tests,$(KNOWN_LEAKS) $(BUILD)/asan/unit-tests $(PICKED))

tsan: ## run the suites about threads under the thread sanitizer
	$(SETUP) test
	$(SANITIZED) SANITIZE=thread $(BUILD)/tsan/unit-tests
	$(call run_tests,$(CLOSE_ADDRESSES) $(BUILD)/tsan/unit-tests -ts='$(or $(FILTER),*threads*)')

fuzz: ## search for inputs that break the readers, FUZZ_SECONDS=60 each (libFuzzer)
	$(SETUP) fuzz
	$(SANITIZED) SANITIZE=fuzzer-no-link,address,undefined CXX=clang++ fuzzers
	@for name in $(FUZZERS); do \
	  finds=$(BUILD)/fuzz/finds/$$name; mkdir -p $$finds; \
	  $(BUILD)/fuzz/$${name}_fuzz -max_total_time=$(FUZZ_SECONDS) -artifact_prefix=$$finds/ \
	    $$finds tests/fuzz/corpus/$$name || exit 1; \
	done

fuzzers: $(FUZZ_PROGRAMS)

format: ## lay out every source as .clang-format says
	$(SETUP) format
	@clang-format -i $(SOURCES)

check-format: ## fail if `make format` would change something
	$(SETUP) format
	@clang-format --dry-run -Werror $(SOURCES)

check-layers: ## fail if an include runs against engine <- nn <- demos
	@sh .ci/check-layers
	@sh .ci/check-layers-test

check-docs: ## fail if the docs and the code disagree
	$(SETUP) demo
	$(COMPILED) programs
	@if [ -x tests/check_docs ]; then \
	  BUILD=$(BUILD) CXX='$(CXX)' MAKE='$(MAKE_COMMAND)' tests/check_docs; \
	fi

check-install: ## install beside the build and compile a program against it
	@rm -rf $(BUILD)/check-install
	$(RUN_MAKE) install DESTDIR= PREFIX=$(abspath $(BUILD))/check-install/prefix
	$(RUN_MAKE) install DESTDIR=$(abspath $(BUILD))/check-install/stage PREFIX=/usr
	@CXX='$(CXX)' sh tests/install/check $(BUILD)/check-install

DEST = $(DESTDIR)$(abspath $(PREFIX))
define PKG_CONFIG_FILE
prefix=$(abspath $(PREFIX))
includedir=$${prefix}/include
libdir=$${prefix}/lib

Name: sprig
Description: Scalar autograd and sparse training, made to be read
Version: 0.1.0
Requires: $(GRAPHVIZ)
Cflags: -I$${includedir}
Libs: -L$${libdir} -lsprig -pthread
endef

install: export PKG_CONFIG_FILE := $(PKG_CONFIG_FILE)
install: ## copy headers, library and sprig.pc to PREFIX=/usr/local, below DESTDIR if set
	$(SETUP) lib
	$(COMPILED) $(LIBRARY)
	@install -d $(DEST)/lib/pkgconfig $(sort $(dir $(HEADERS:%=$(DEST)/include/sprig/%)))
	@for header in $(HEADERS); do \
	  sed -E 's,#include "((engine|nn)/[^"]+)",#include <sprig/\1>,' $$header \
	    > $(DEST)/include/sprig/$$header || exit 1; \
	done
	@install -m 644 $(LIBRARY) $(DEST)/lib
	@echo "$$PKG_CONFIG_FILE" > $(DEST)/lib/pkgconfig/sprig.pc

clean: ## remove what was built, and the data in it; out/ stays
	rm -rf $(BUILD)

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' Makefile
