let last = 0;

/**
 * The number of the next beat. They rise over all loads of the process, so that whoever beats a session takes no beat for a
 * repeated one, which would cost less.
 */
export function nextSeq(): number {
  last += 1;
  return last;
}
