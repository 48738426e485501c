// All that is held about one player, for the provider to hand to the player or the guardian. No field of it is new
// knowledge to the provider: what the gateway learnt from another source is named in `withheld` and not shown.
import * as z from 'zod';
import {
  AGENT_NOTE_LENGTH_MAX,
  EXPORT_CURSOR_LENGTH_MAX,
  EXPORT_EVENT_FIELDS_MAX,
  EXPORT_EVENTS_MAX,
  EXPORT_ROWS_MAX,
  ID_LENGTH_MAX,
  PHONE_LENGTH_MAX,
  TEXT_LENGTH_MAX,
} from '../limits.ts';
import { ASSURANCES, CONSENT_SOURCES, GUARDIAN_RELATIONSHIPS, RULE_AUTHORS } from '../vocabulary.ts';
import { ageBand } from './age-verification.ts';
import { correction } from './correction.ts';
import { replyIds } from './ids.ts';
import { word } from './text.ts';
import { calendarDate, instant } from './time.ts';

const code = z.string().max(ID_LENGTH_MAX);

const maskedPhone = z
  .string()
  .max(PHONE_LENGTH_MAX)
  .meta({ description: 'The guardian is a person of their own: not shown in full.', examples: ['+84••••••678'] });

/** What one source said. */
const heldIdentity = z
  .object({
    method: code,
    assurance: z.enum(ASSURANCES),
    birthDate: calendarDate.nullable(),
    phone: z.object({ number: z.string().max(PHONE_LENGTH_MAX), verified: z.boolean() }).nullable(),
    withheld: z
      .array(z.enum(['birthDate', 'phone']))
      .max(2)
      .meta({ description: 'Held and not shown: it came from another source than the provider.' }),
  })
  .meta({ id: 'HeldIdentity' });

const heldVerification = z
  .object({
    verificationId: replyIds.verificationId,
    method: code,
    outcome: code,
    reason: code.nullable(),
    ageBand: ageBand.nullable(),
    assurance: z.enum(ASSURANCES),
    verifiedAt: instant,
    claim: heldIdentity.nullable().meta({ description: 'null: erased.' }),
  })
  .meta({ id: 'HeldVerification' });

const pendingVerification = z.object({
  verificationId: replyIds.verificationId,
  method: code,
  status: code,
  startedAt: instant,
  expiresAt: instant,
});

const heldGuardianship = z
  .object({
    guardianId: replyIds.guardianId,
    relationship: z.enum(GUARDIAN_RELATIONSHIPS).nullable(),
    maskedPhone: maskedPhone.nullable(),
    consentedAt: instant,
    consentTextVersion: z.string().max(TEXT_LENGTH_MAX).nullable(),
    source: z.enum(CONSENT_SOURCES),
    registeredAt: instant,
    endedAt: instant.nullable(),
    endCause: code.nullable(),
  })
  .meta({ id: 'HeldGuardianship' });

const heldRules = z.object({
  version: z.int().min(0),
  author: z.enum(RULE_AUTHORS),
  setAt: instant,
  rules: z.looseObject({}).meta({ description: 'As `getGuardianRules` tells them.' }),
});

const heldLink = z.object({ linkId: code, createdAt: instant, expiresAt: instant, revokedAt: instant.nullable() });

const heldEndNote = z.object({ sessionId: code, note: z.string().max(AGENT_NOTE_LENGTH_MAX), notedAt: instant });

const heldEvent = z
  .object({
    eventId: z.string().max(EXPORT_CURSOR_LENGTH_MAX),
    kind: word,
    fields: z
      .record(code, z.string().max(TEXT_LENGTH_MAX))
      .refine((fields) => Object.keys(fields).length <= EXPORT_EVENT_FIELDS_MAX)
      .meta({
        description:
          'Pseudonymous: ids, commitments, age band, instants (RFC 3339), durations (ms); numbers and objects as JSON text.',
      }),
  })
  .meta({ id: 'HeldEvent', description: 'One entry of the ledger.' });

export const playerExport = z
  .object({
    format: z.literal('playgate-player-export/1'),
    playerId: replyIds.playerId,
    exportedAt: instant,
    createdAt: instant,
    erasedAt: instant.nullable(),
    personId: z
      .string()
      .max(ID_LENGTH_MAX)
      .meta({ description: 'A pseudonym: accounts of one person show the same, at another provider it is another.' }),
    playerRefHeld: z.boolean().meta({ description: 'Kept as a keyed hash only: it cannot be shown.' }),
    nationalIdHeld: z.boolean().meta({ description: 'Kept as a keyed hash only: it cannot be shown.' }),
    subjectHeld: z.boolean().meta({
      description: 'Whether an identity source’s name for the person is kept, as a keyed hash only.',
    }),
    childRefHeld: z.boolean().meta({
      description: 'Whether your name for the child at its guardian is kept, as a keyed hash only.',
    }),
    provisionalFromAt: instant
      .nullable()
      .meta({ description: 'When the account was first let in without a known age.' }),
    identity: z.array(heldIdentity).max(EXPORT_ROWS_MAX).meta({ description: 'By source; empty: none, or erased.' }),
    verifications: z.array(heldVerification).max(EXPORT_ROWS_MAX).meta({ description: 'Newest first.' }),
    pendingVerifications: z.array(pendingVerification).max(EXPORT_ROWS_MAX),
    guardianships: z.array(heldGuardianship).max(EXPORT_ROWS_MAX),
    guardianRules: z.array(heldRules).max(EXPORT_ROWS_MAX).meta({ description: 'Newest first.' }),
    guardianLinks: z.array(heldLink).max(EXPORT_ROWS_MAX),
    corrections: z
      .array(correction)
      .max(EXPORT_ROWS_MAX)
      .meta({ description: 'Corrections and grants that were made for this account, newest first.' }),
    endNotes: z
      .array(heldEndNote)
      .max(EXPORT_ROWS_MAX)
      .meta({ description: 'What staff of a café said when they ended a session.' }),
    events: z.array(heldEvent).max(EXPORT_EVENTS_MAX),
    nextCursor: z
      .string()
      .max(EXPORT_CURSOR_LENGTH_MAX)
      .nullable()
      .meta({ description: 'Ask again with it for further events; everything else is the same on each page.' }),
  })
  .meta({ id: 'PlayerExport' });
