// In C++ because the optimizer of SPIRV-Tools has no C interface in the versions that Debian 12 has; and called here
// because glslang's own call of it, for GLSL, knows only passes that make a module smaller.
#include "SalienceSPIRVOptimizer.h"

#include <cstdlib>
#include <cstring>
#include <spirv-tools/optimizer.hpp>
#include <string>
#include <vector>

uint32_t *salience_spirv_optimize(
    const uint32_t *words, size_t count, size_t *optimized_count, char *message, size_t message_size) {
  std::string reason = "the optimizer gives no reason";
  spvtools::Optimizer optimizer(SPV_ENV_VULKAN_1_1);
  optimizer.SetMessageConsumer(
      [&reason](spv_message_level_t, const char *, const spv_position_t &, const char *text) { reason = text; });
  optimizer.RegisterPerformancePasses();
  spvtools::OptimizerOptions options;
  options.set_run_validator(false);

  std::vector<uint32_t> optimized;
  uint32_t *copy = nullptr;
  if (optimizer.Run(words, count, &optimized, options)) {
    copy = static_cast<uint32_t *>(std::malloc(optimized.size() * sizeof(uint32_t)));
    if (copy == nullptr) reason = "out of memory";
  }
  if (copy == nullptr) {
    if (message_size > 0) message[reason.copy(message, message_size - 1)] = '\0';
    return nullptr;
  }
  std::memcpy(copy, optimized.data(), optimized.size() * sizeof(uint32_t));
  *optimized_count = optimized.size();
  return copy;
}
