import type { Instant } from '@playgate/policy';
import type { Kysely } from 'kysely';
import { type CredentialPrefix, newCredential } from '../../directory/credential.ts';
import type { IssuedKey } from '../../directory/directory.ts';
import { newId } from '../../directory/new-id.ts';
import type { Principal } from '../../directory/principal.ts';
import type { World } from '../../directory/world.ts';
import type { ApiKeyRow, Schema } from './schema.ts';

/** Whom a new key stands for. */
export type KeyOwner =
  | { readonly kind: 'secret' | 'publishable'; readonly world: World }
  | { readonly kind: 'agent'; readonly agentId: string }
  | { readonly kind: 'regulator'; readonly regulatorId: string };

/** Makes a key and keeps its hash; `db` may be a transaction. */
export async function insertApiKey(db: Kysely<Schema>, owner: KeyOwner, now: Instant): Promise<IssuedKey> {
  const credential = newCredential(prefixOf(owner));
  const keyId = newId('key');
  const row: ApiKeyRow = {
    key_id: keyId,
    key_hash: credential.hash,
    hint: credential.hint,
    kind: owner.kind,
    provider_id: 'world' in owner ? owner.world.providerId : null,
    mode: 'world' in owner ? owner.world.mode : null,
    agent_id: owner.kind === 'agent' ? owner.agentId : null,
    regulator_id: owner.kind === 'regulator' ? owner.regulatorId : null,
    created_at: now,
    revoked_at: null,
  };
  await db.insertInto('api_keys').values(row).execute();
  return { keyId, key: credential.text };
}

/** The table's check constraint holds that the columns named by `kind` are set. */
export function principalOf(row: ApiKeyRow): Principal {
  const keyId = row.key_id;
  switch (row.kind) {
    case 'agent':
      return { kind: 'agent', keyId, agentId: row.agent_id! };
    case 'regulator':
      return { kind: 'regulator', keyId, regulatorId: row.regulator_id! };
    default:
      return { kind: row.kind, keyId, world: { providerId: row.provider_id!, mode: row.mode! } };
  }
}

function prefixOf(owner: KeyOwner): CredentialPrefix {
  switch (owner.kind) {
    case 'agent':
      return 'ak_';
    case 'regulator':
      return 'rk_';
    default:
      return `${owner.kind === 'secret' ? 'sk' : 'pk'}_${owner.world.mode}_`;
  }
}
