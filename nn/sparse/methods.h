// All methods of sparse training. docs/08-methods.md compares them.
#pragma once

#include "nn/sparse/cht.h"
#include "nn/sparse/deep_r.h"
#include "nn/sparse/dsr.h"
#include "nn/sparse/granet.h"
#include "nn/sparse/grasp.h"
#include "nn/sparse/lottery_ticket.h"
#include "nn/sparse/magnitude.h"
#include "nn/sparse/mest.h"
#include "nn/sparse/rigl.h"
#include "nn/sparse/set.h"
#include "nn/sparse/snfs.h"
#include "nn/sparse/snip.h"
#include "nn/sparse/synflow.h"
