// Where a seat shows how much is left: a terminal rewrites one line, everything else gets a line a minute.

export interface SeatScreen {
  /** Something happened. */
  say(line: string): void;
  /** How it stands now; called about once a second. `minutesLeft` null: nothing runs out. */
  show(status: string, minutesLeft: number | null): void;
}

interface TerminalOutput {
  write(text: string): unknown;
}

const CLEAR_LINE = '\r\u001b[K';

export function terminalScreen(output: TerminalOutput): SeatScreen {
  let status = '';
  return {
    say: (line) => {
      output.write(`${CLEAR_LINE}${line}\n${status}`);
    },
    show: (text) => {
      status = text;
      output.write(CLEAR_LINE + text);
    },
  };
}

export function plainScreen(output: TerminalOutput): SeatScreen {
  let shown: number | null = null;
  return {
    say: (line) => {
      output.write(`${line}\n`);
    },
    show: (text, minutesLeft) => {
      if (minutesLeft === shown) return;
      shown = minutesLeft;
      output.write(`${text}\n`);
    },
  };
}
