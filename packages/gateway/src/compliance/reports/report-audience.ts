// Who asks, and how much of the record that makes visible.
import type { Mode } from '@playgate/contract';
import type { RegulatorScope } from '../../directory/directory.ts';
import type { World } from '../../directory/world.ts';
import { Fault } from '../../fault.ts';

export interface ReportAudience {
  readonly mode: Mode;
  /** Null: not narrowed. An empty list lets nothing through. */
  readonly providerIds: readonly string[] | null;
  readonly provinces: readonly string[] | null;
  /** False: nobody named what it may see, so cells of few persons are withheld. */
  readonly isNamed: boolean;
  /** False: worlds of other clocks than the caller's, which can be moved back. */
  readonly canClose: boolean;
}

/** Throws an `invalid_request` Fault for the other mode than its own. */
export function providerAudience({ mode, providerId }: World, asked: Mode | undefined): ReportAudience {
  if (asked !== undefined && asked !== mode) {
    throw new Fault('invalid_request', 'See `errors` for what is wrong and where.', [
      { path: 'query.mode', message: `must be ${mode}, the mode of the key` },
    ]);
  }
  return { mode, providerIds: [providerId], provinces: null, isNamed: true, canClose: true };
}

export function regulatorAudience(scope: RegulatorScope, mode: Mode = 'live'): ReportAudience {
  const providerIds = scope.providerIds === undefined ? null : [...scope.providerIds].sort();
  const provinces = scope.provinces === undefined ? null : [...scope.provinces].sort();
  return {
    mode,
    providerIds,
    provinces,
    isNamed: providerIds !== null || provinces !== null,
    canClose: mode === 'live',
  };
}

/** What a filter leaves of what is visible. */
export function narrow(visible: readonly string[] | null, asked: string | undefined): readonly string[] | null {
  if (asked === undefined) return visible;
  return visible === null || visible.includes(asked) ? [asked] : [];
}
