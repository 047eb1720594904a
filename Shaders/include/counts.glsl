// Counts of the batch at hand: a command buffer is recorded once for many batches, so what differs between them stands
// in a table: tokens, sequences, then the tiles of attention by their rows. Groups past a count have nothing to do.
//
// COUNTS(slot) declares the table; a kernel's push constant `extent` says which entry is its own.

#define COUNTS(slot) layout(std430, set = 0, binding = slot) readonly buffer Counts { uint counts[]; };
