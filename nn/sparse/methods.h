// All methods of sparse training. docs/08-methods.md compares them.
#pragma once

#include "nn/sparse/grasp.h"
#include "nn/sparse/lottery_ticket.h"
#include "nn/sparse/magnitude.h"
#include "nn/sparse/rigl.h"
#include "nn/sparse/set.h"
#include "nn/sparse/snip.h"
#include "nn/sparse/synflow.h"
