#include "salience_kernels.h"

#ifdef __linux__
#include <malloc.h>
#endif

int salience_limit_freed_memory(int pools, int block) {
#ifdef __GLIBC__
  // mallopt(3): 1 where the parameter was taken. A threshold that is set no longer moves by itself.
  return mallopt(M_ARENA_MAX, pools) == 1 && mallopt(M_MMAP_THRESHOLD, block) == 1 &&
         mallopt(M_TRIM_THRESHOLD, block) == 1;
#else
  (void)pools;
  (void)block;
  return 0;
#endif
}

void salience_release_freed_memory(void) {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}
