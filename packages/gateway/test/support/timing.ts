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

/** Fewer have no p95 that is not the slowest of them, whatever the machine did meanwhile. */
const P95_SAMPLES_MIN = 20;

/** Prints what was measured, in ms; gives back what a promise about the p95 is held to: of few samples the median. */
export function reportTimes(figure: string, samples: readonly number[]): number {
  const [p50, p95, max] = [0.5, 0.95, 1].map((share) => Math.round(quantileOf(samples, share)));
  console.log(JSON.stringify({ figure, samples: samples.length, p50, p95, max }));
  return (samples.length < P95_SAMPLES_MIN ? p50 : p95)!;
}
