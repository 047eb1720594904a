#pragma once

#ifdef __cplusplus
extern "C" {
#endif

// The process's allocator

/// Has malloc keep at most `pools` pools, take blocks of `block` bytes and more from the system one by one, and give
/// back as much at a pool's free end.
///
/// Pools that are there stay, so it comes early. Returns 1, or 0 where the C library is not glibc and nothing is done.
int salience_limit_freed_memory(int pools, int block);

/// Gives whole pages that are free anywhere in the pools back to the system. Where the C library is not glibc nothing
/// is done.
void salience_release_freed_memory(void);

#ifdef __cplusplus
}
#endif
