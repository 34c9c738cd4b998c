/** Twice as much is kept: more than is received between two collections, with the messages that are made of it. */
const largestBytes = 8 * 1024 * 1024;

/**
 * Has the allocator of this process keep what is freed, up to 16 MiB, for what is received next. glibc gives it back to the kernel from
 * 128 KiB on, until something large was freed (mallopt(3), M_MMAP_THRESHOLD): each page is then faulted in anew, which takes longer than all
 * else that is done with it. Elsewhere it does nothing.
 */
export function keepFreedMemory(): void {
  new ArrayBuffer(largestBytes).transfer(0); // never touched, so that no memory is taken
}
