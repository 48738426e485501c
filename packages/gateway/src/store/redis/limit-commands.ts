// Every command of a connection is answered within a time, and so many wait at most. It does what the client's own option
// `commandTimeout` does, which gives up without reading what has come (see answer-time.ts).
import type { Command, Redis } from 'ioredis';
import { whenOverdue } from '../../answer-time.ts';

/** Of one connection: more than a healthy Redis leaves unanswered. Those that come on top are refused unsent. */
export const COMMANDS_UNDER_WAY_MAX = 10_000;

export interface CommandLimits {
  readonly answerMsMax: number;
  /** Default: COMMANDS_UNDER_WAY_MAX. */
  readonly underWayMax?: number;
}

/** A node of a cluster may send on what another was asked first: the time goes on. */
const limited = new WeakSet<Command>();

/** Changes the connection: from now on its commands reject instead of waiting longer. Nothing is sent again. */
export function limitCommands(
  redis: Redis,
  { answerMsMax, underWayMax = COMMANDS_UNDER_WAY_MAX }: CommandLimits,
): void {
  const send = redis.sendCommand.bind(redis);
  let underWay = 0;
  const limit = (command: Command): void => {
    limited.add(command);
    underWay++;
    const callOff = whenOverdue(answerMsMax, () => {
      if (!command.isSettled) command.reject(new Error('Command timed out'));
    });
    const settled = () => {
      underWay--;
      callOff();
    };
    command.promise.then(settled, settled);
  };
  redis.sendCommand = (command, stream) => {
    if (limited.has(command)) return send(command, stream);
    if (underWay >= underWayMax) {
      command.reject(new Error('Too many commands are under way'));
      return command.promise;
    }
    limit(command);
    return send(command, stream);
  };
}
