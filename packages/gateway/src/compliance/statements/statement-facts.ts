// What every part of a statement's text is written from.
import type { OperationOf, ReplyBody } from '@playgate/contract';
import type { Locale } from './statement-words.ts';

export type StatementBody = ReplyBody<OperationOf<'getStatement'>>;
export type StatementFacts = Omit<StatementBody, 'text'>;

export interface Telling {
  readonly facts: StatementFacts;
  readonly titleOf: (gameId: string) => string;
  readonly locale: Locale;
}
