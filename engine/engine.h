// The whole engine: scalar autograd, gradient check, expression graph, Program.
#pragma once

#include "engine/error.h"
#include "engine/expression.h"
#include "engine/gradcheck.h"
#include "engine/graph.h"
#include "engine/parameter_list.h"
#include "engine/program.h"
#include "engine/value.h"
#include "engine/weighted_sum.h"
