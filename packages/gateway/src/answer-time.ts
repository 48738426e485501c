// How long something outside is waited for. A timer that is due is called before the sockets are read: after a turn of the event loop that took
// long, an answer that lies there already would be taken for missing, and its write for refused. So whoever has waited long enough
// lets the loop read once more before giving up.

/** Calls `giveUp` after that long, and after one more reading of all sockets. Gives back what calls it off. */
export function whenOverdue(waitMsMax: number, giveUp: () => void): () => void {
  let last: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    last = setImmediate(giveUp);
  }, waitMsMax);
  return () => {
    clearTimeout(timer);
    clearImmediate(last);
  };
}

/** Rejects with an Error of that message when the answer takes longer; what comes after that is dropped. */
export async function answeredWithin<Answer>(
  answer: Promise<Answer>,
  waitMsMax: number,
  message: string,
): Promise<Answer> {
  let callOff: (() => void) | undefined;
  const late = new Promise<never>((_, reject) => {
    callOff = whenOverdue(waitMsMax, () => reject(new Error(message)));
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    callOff?.();
  }
}
