// A register whose changes reach the running ledger: sessions of the player ask for new facts at their next beat, and the
// day of a player who turned out to be another person is counted there before the verification is answered.
import type { Instant } from '@playgate/policy';
import type { World } from '../directory/world.ts';
import type { SessionStore } from '../sessions/session-store.ts';
import type { PersonMerger } from './person-merger.ts';
import type { PlayerRegister, VerificationEntry, VerificationReceipt } from './player-register.ts';

export interface LedgerFollowingPorts {
  readonly register: PlayerRegister;
  readonly merger: Pick<PersonMerger, 'run'>;
  readonly store: Pick<SessionStore, 'renewSessions'>;
  /** Told when the ledger could not follow at once: it will at the next try of the merger, or at midnight. */
  readonly onTrouble: (what: string, error: unknown) => void;
}

export class LedgerFollowingRegister implements PlayerRegister {
  readonly findVerification: PlayerRegister['findVerification'];
  readonly admit: PlayerRegister['admit'];
  readonly #ports: LedgerFollowingPorts;

  constructor(ports: LedgerFollowingPorts) {
    this.#ports = ports;
    this.admit = (world, playerRef, now) => ports.register.admit(world, playerRef, now);
    this.findVerification = (world, verificationId) => ports.register.findVerification(world, verificationId);
  }

  async record(world: World, entry: VerificationEntry, now: Instant): Promise<VerificationReceipt> {
    const { merger, onTrouble, register, store } = this.#ports;
    const receipt = await register.record(world, entry, now);
    try {
      if (receipt.isMergePending) await merger.run();
      else await store.renewSessions(receipt.personId, now);
    } catch (error) {
      onTrouble('the ledger has not followed a verification yet', error);
    }
    return receipt;
  }
}
