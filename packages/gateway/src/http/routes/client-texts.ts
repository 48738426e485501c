import { clientLocaleOf, HEADERS } from '@playgate/contract';
import type { ClientTextBook } from '../../client-text-book.ts';
import type { HandlersOf } from '../handler.ts';

export interface ClientTextPorts {
  readonly clientTexts: Pick<ClientTextBook, 'textsOf'>;
}

export function clientTextRoutes({ clientTexts }: ClientTextPorts): HandlersOf<'getClientTexts'> {
  return {
    getClientTexts: async ({ query }) => {
      const locale = clientLocaleOf(query.locale);
      const { texts, version } = clientTexts.textsOf(locale);
      return { status: 200, body: { version, locale, texts }, headers: { [HEADERS.entityTag]: `"${version}"` } };
    },
  };
}
