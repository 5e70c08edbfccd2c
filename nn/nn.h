// All of nn: sparse networks, losses, optimisers, sparse training, topologies, diagrams.
#pragma once

#include "nn/distribution.h"
#include "nn/draw.h"
#include "nn/loss.h"
#include "nn/mlp.h"
#include "nn/optimizer.h"
#include "nn/probe.h"
#include "nn/random.h"
#include "nn/rewire.h"
#include "nn/rigl.h"
#include "nn/schedule.h"
#include "nn/strip.h"
#include "nn/topology.h"
#include "nn/topology_diff.h"
#include "nn/topology_file.h"
#include "nn/topology_statistics.h"
#include "nn/wiring.h"
