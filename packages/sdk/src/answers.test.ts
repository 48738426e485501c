import type * as wire from '@playgate/contract/wire';
import { expectTypeOf, test } from 'vitest';
import type * as answers from './answers.ts';

test('published types say what the contract says', () => {
  expectTypeOf<answers.UsedToday>().toEqualTypeOf<wire.UsedToday>();
  expectTypeOf<answers.BindingRule>().toEqualTypeOf<wire.BindingRule>();
  expectTypeOf<answers.LocalizedText>().toEqualTypeOf<wire.LocalizedText>();
  expectTypeOf<answers.RefusedStart>().toEqualTypeOf<wire.SessionDenied>();
});
