#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Optimises a valid SPIR-V module for Vulkan 1.1 for speed, with the passes of `spirv-opt -O`.
///
/// Returns the new words, to be released with `free`, and their number; NULL where a pass fails, with the reason, ended
/// by a zero and cut where it is too long, in `message`.
uint32_t *_Nullable salience_spirv_optimize(
    const uint32_t *_Nonnull words, size_t count, size_t *_Nonnull optimized_count, char *_Nonnull message,
    size_t message_size);

#ifdef __cplusplus
}
#endif
