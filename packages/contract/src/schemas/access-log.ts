import * as z from 'zod';
import {
  ACCESS_LOG_PAGE_MAX,
  ID_LENGTH_MAX,
  ISSUER_LENGTH_MAX,
  NAME_LENGTH_MAX,
  PURPOSE_LENGTH_MAX,
  REPORT_CURSOR_LENGTH_MAX,
  REQUEST_ID_LENGTH_MAX,
  SUBJECT_LENGTH_MAX,
  URL_LENGTH_MAX,
} from '../limits.ts';
import { replyIds } from './ids.ts';
import { calendarDate, instant } from './time.ts';

const id = z.string().max(ID_LENGTH_MAX);

const accessLogEntry = z
  .object({
    callNo: z.int().min(1),
    at: instant.meta({ description: 'Real time.' }),
    regulatorId: replyIds.regulatorId,
    regulatorName: z.string().max(NAME_LENGTH_MAX),
    keyId: id,
    person: z
      .object({ issuer: z.string().max(ISSUER_LENGTH_MAX), subject: z.string().max(SUBJECT_LENGTH_MAX) })
      .nullable()
      .meta({ description: 'Who signed in; null: a machine with a key.' }),
    operationId: id,
    purpose: z.string().max(PURPOSE_LENGTH_MAX).meta({ description: 'Empty: refused without one.' }),
    playerId: id.nullable().meta({ description: 'Whom it was about; null: nobody in particular.' }),
    query: z
      .string()
      .max(URL_LENGTH_MAX)
      .meta({ description: 'As sent, cut where it is longer; empty where it was refused unread.' }),
    requestId: z.string().max(REQUEST_ID_LENGTH_MAX),
    status: z.int().min(100).max(599).nullable().meta({
      description: 'HTTP status of the answer; null: it is being answered, or was when the gateway ended.',
    }),
  })
  .meta({ id: 'AccessLogEntry' });

export const accessLogPage = z
  .object({
    report: z.literal('access_log'),
    from: calendarDate,
    to: calendarDate,
    entries: z.array(accessLogEntry).max(ACCESS_LOG_PAGE_MAX),
    nextCursor: z.string().max(REPORT_CURSOR_LENGTH_MAX).nullable(),
  })
  .meta({ id: 'AccessLogPage' });
