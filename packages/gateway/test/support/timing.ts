// Whether one kind of request takes longer than another, on a machine that others use too.

/** Times in ms of groups that are asked in turn. Which one comes first turns from one sample to the next. */
export async function timeInTurn<Group extends string>(
  groups: readonly Group[],
  samples: number,
  ask: (group: Group, index: number) => Promise<void>,
): Promise<Readonly<Record<Group, readonly number[]>>> {
  const times = Object.fromEntries(groups.map((group) => [group, []])) as unknown as Record<Group, number[]>;
  for (let index = 0; index < samples; index++) {
    for (let step = 0; step < groups.length; step++) {
      const group = groups[(index + step) % groups.length]!;
      const startedAt = performance.now();
      await ask(group, index);
      times[group].push(performance.now() - startedAt);
    }
  }
  return times;
}

/** The smallest value that `share` of all do not exceed. */
export function quantileOf(values: readonly number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]!;
}

export const medianOf = (values: readonly number[]): number => quantileOf(values, 0.5);
