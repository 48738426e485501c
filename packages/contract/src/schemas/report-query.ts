// What reports are asked by: days, dimensions, filters. A filter that names what the caller cannot see finds nothing.
import * as z from 'zod';
import { FORM_ID_LENGTH_MAX, GROUP_BY_LENGTH_MAX, PROVINCE_LENGTH_MAX, REPORT_CURSOR_LENGTH_MAX } from '../limits.ts';
import { MODES, REPORT_DIMENSIONS } from '../vocabulary.ts';
import { gameId, requestIds } from './ids.ts';
import { printable } from './text.ts';

const DIMENSION = `(?:${REPORT_DIMENSIONS.join('|')})`;

/** Dimensions, comma-separated, each once; rows come in this order. */
export const groupBy = z
  .string()
  .max(GROUP_BY_LENGTH_MAX)
  .regex(new RegExp(`^${DIMENSION}(?:,${DIMENSION})*$`), `must be some of: ${REPORT_DIMENSIONS.join(',')}`)
  .refine((text) => new Set(text.split(',')).size === text.split(',').length, 'must name each once')
  .meta({
    description: 'What rows are told apart by, in this order; `day` if left out.',
    examples: ['province,provider,day'],
  });

export const reportMode = z.enum(MODES).meta({
  description: 'Regulators see live worlds unless they ask for `test`; a provider sees the world of its key.',
});

export const reportFilters = {
  providerId: requestIds.providerId.optional(),
  gameId: gameId.optional(),
  agentId: requestIds.agentId.optional(),
  province: printable(PROVINCE_LENGTH_MAX)
    .optional()
    .meta({ description: 'What was played at agents of this province.' }),
  mode: reportMode.optional(),
} as const;

export const reportCursor = z
  .string()
  .max(REPORT_CURSOR_LENGTH_MAX)
  .regex(/^[A-Za-z0-9_-]+$/, 'must be a cursor of this operation')
  .meta({ description: '`nextCursor` of the page before.' });

export const formId = z
  .string()
  .max(FORM_ID_LENGTH_MAX)
  .regex(/^[a-z0-9][a-z0-9-]*$/, 'must be the id of a form')
  .meta({ examples: ['vn-half-year'] });

export const period = z
  .string()
  .max(7)
  .regex(/^20\d{2}(?:-H[12])?$/, 'must be a half-year as 2026-H2 or a year as 2026')
  .meta({ examples: ['2026-H2'] });
