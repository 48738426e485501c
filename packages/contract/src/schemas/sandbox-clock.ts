import * as z from 'zod';
import { instant } from './time.ts';

export const sandboxClock = z
  .object({
    frozen: z.boolean().meta({ description: 'False: the test world follows real time.' }),
    now: instant.meta({ description: 'The time of the test world.' }),
  })
  .meta({ id: 'SandboxClock' });
