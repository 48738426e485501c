import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ShortLivedSet } from './short-lived-set.ts';

test('holds what a Set holds, whatever comes and goes', () => {
  const steps = fc.array(fc.oneof(fc.constant('add' as const), fc.nat(20)), { maxLength: 100 });
  fc.assert(
    fc.property(steps, (all) => {
      const [ours, model] = [new ShortLivedSet<number>(), new Map<number, () => void>()];
      for (const [at, step] of all.entries()) {
        if (step === 'add') model.set(at, ours.add(at));
        else {
          const gone = [...model.keys()][step];
          if (gone === undefined) continue;
          const takeOut = model.get(gone)!;
          model.delete(gone);
          takeOut();
          takeOut();
        }
      }
      expect(ours.size).toBe(model.size);
      expect([...ours].sort((a, b) => a - b)).toEqual([...model.keys()]);
    }),
  );
});

test('is read as it was when the reading began', () => {
  const set = new ShortLivedSet<string>();
  const removers = ['a', 'b', 'c'].map((member) => set.add(member));
  const seen: string[] = [];
  for (const member of set) {
    seen.push(member);
    removers.pop()?.();
  }
  expect(seen).toEqual(['a', 'b', 'c']);
  expect(set.size).toBe(0);
});
