// Questions to whoever sits at the terminal, or to a file of answers that is piped in.
import { createInterface, type Interface } from 'node:readline';
import type { Ask } from './verify-walk-in.ts';

/** Lines that come before their question wait for it; after the end of the input every answer is empty. */
export function askOn(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Ask {
  const lines: string[] = [];
  let waiting: ((line: string) => void) | null = null;
  let reader: Interface | null = null;
  let isOver = false;
  const take = (line: string) => {
    if (waiting === null) lines.push(line);
    else answer(line);
  };
  const answer = (line: string) => {
    const resolve = waiting;
    waiting = null;
    resolve?.(line);
  };
  const open = () => {
    // Not a terminal to readline: Ctrl-C stays the signal it is.
    const made = createInterface({ input, terminal: false });
    made.on('line', take);
    made.on('close', () => {
      isOver = true;
      answer('');
    });
    return made;
  };
  return async (question) => {
    output.write(question);
    reader ??= open();
    const known = lines.shift();
    if (known !== undefined || isOver) return known ?? '';
    reader.resume();
    const given = await new Promise<string>((resolve) => {
      waiting = resolve;
    });
    // Standard input that is read keeps the process alive.
    if (!isOver) reader.pause();
    return given;
  };
}
