// What is held about one player, as it is handed out. The store reads everything; what a provider may see of it is
// decided here: what it supplied itself. What the gateway learnt elsewhere (an identity provider, a wallet) was asked for
// so that the provider need not know it, and an export must not become the way round that.
import { hash } from 'node:crypto';
import type { OperationOf, ReplyBody } from '@playgate/contract';
import type { Instant } from '@playgate/policy';
import { ID_PREFIXES, ID_RANDOM_LENGTH } from '../directory/new-id.ts';
import type { World } from '../directory/world.ts';

export type PlayerExport = ReplyBody<OperationOf<'exportPlayer'>>;
export type HeldIdentity = PlayerExport['identity'][number];

/** Whose eyes the export is for. */
export const EXPORT_AUDIENCES = ['provider', 'operator'] as const;
export type ExportAudience = (typeof EXPORT_AUDIENCES)[number];

export interface ExportRequest {
  readonly playerId: string;
  /** Null: any world, for the operator of the deployment. */
  readonly world: World | null;
  readonly cursor: string | null;
  readonly now: Instant;
}

export interface PlayerRecords {
  /** Everything, nothing withheld. Null: unknown in this world. Throws a RangeError for a cursor it did not make. */
  read(request: ExportRequest): Promise<PlayerExport | null>;
}

/** Methods in which the provider itself states what is kept. */
const SUPPLIED_BY_PROVIDER: ReadonlySet<string> = new Set(['attested', 'store_signal']);

export async function exportPlayerData(
  records: PlayerRecords,
  request: ExportRequest,
  audience: ExportAudience,
): Promise<PlayerExport | null> {
  const all = await records.read(request);
  if (all === null || audience === 'operator') return all;
  return {
    ...all,
    personId: aliasOf(all.personId),
    identity: all.identity.map(withhold),
    verifications: all.verifications.map((verification) => ({
      ...verification,
      claim: verification.claim === null ? null : withhold(verification.claim),
    })),
  };
}

/** Ids of persons of one human share characters where a policy counts over providers: nobody may match them by that. */
function aliasOf(personId: string): string {
  return `${ID_PREFIXES.person}${hash('sha256', personId, 'base64url').slice(0, ID_RANDOM_LENGTH)}`;
}

function withhold(held: HeldIdentity): HeldIdentity {
  if (SUPPLIED_BY_PROVIDER.has(held.method)) return held;
  const withheld = (['birthDate', 'phone'] as const).filter((name) => held[name] !== null);
  return { ...held, birthDate: null, phone: null, withheld };
}
