// build/rewire with arguments, as a shell runs it.
#pragma once

#include <string>
#include <vector>

#include "demos/rewire/app.h"
#include "tests/child.h"

inline Outcome rewire_command(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "rewire");
  std::vector<const char*> words;
  for (const std::string& argument : arguments) words.push_back(argument.c_str());
  return in_child(
      [&] { return sprig::course::rewire_main(static_cast<int>(words.size()), words.data()); });
}
