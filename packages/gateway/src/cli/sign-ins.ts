import { formatInstant } from '@playgate/policy';
import { staffMarkWith } from '../directory/staff-mark.ts';
import type { Grant, SignInSelection } from '../sign-in/sign-in-sessions.ts';
import { deriveKey, loadSecrets } from '../store/sql/secrets.ts';
import { SqlSignInSessions } from '../store/sql/sql-sign-in-sessions.ts';
import { CommandError, secretsSourceOf, withStores } from './open-stores.ts';
import type { CommandPorts } from './program.ts';

/** One line each: the sign-in, the mark of the person in the log, the role, the last use, the person. */
export async function listSignIns({ now, print, readConfig }: CommandPorts, json = false): Promise<void> {
  const config = readConfig();
  await withStores(config, now(), async ({ database, secrets }) => {
    const markOf = staffMarkWith(deriveKey(secrets.pepper, 'staff'));
    for (const { grant, issuer, signInId, subject, usedAt } of await new SqlSignInSessions(database.db).list(now())) {
      const signIn = {
        signInId,
        mark: markOf({ issuer, subject }),
        role: roleOf(grant),
        usedAt: formatInstant(usedAt),
      };
      const line = { ...signIn, subject, issuer };
      print(json ? JSON.stringify(line) : Object.values(line).join('\t'));
    }
  });
}

export async function endSignIns({ now, print, readConfig }: CommandPorts, selection: SignInSelection): Promise<void> {
  await withStores(readConfig(), now(), async ({ database }) => {
    const ended = await new SqlSignInSessions(database.db).end(selection, now());
    if (ended.length === 0 && selection.by !== 'all') throw new CommandError('Nobody like that is signed in.');
    print(`${ended.length} ended, refused by every gateway from now on`);
  });
}

/** The mark that the log has of a person, signed in or not: to find what somebody did. */
export async function markStaff({ now, print, readConfig }: CommandPorts, issuer: string, subject: string) {
  const { pepper } = await loadSecrets(secretsSourceOf(readConfig()), now());
  print(staffMarkWith(deriveKey(pepper, 'staff'))({ issuer, subject }));
}

function roleOf(grant: Grant): string {
  if (grant.role === 'operator') return grant.role;
  return `${grant.role}:${grant.subjectId}${grant.role === 'provider' ? `:${grant.mode}` : ''}`;
}
