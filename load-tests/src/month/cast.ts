// Who plays what where in the month: 40 providers, 30 provinces with their internet cafés, and as many persons as the number of
// events takes (20,000 minors for a million).
import { Random } from './random.ts';

export const PROVINCES = [
  'Hà Nội',
  'Hồ Chí Minh',
  'Đà Nẵng',
  'Hải Phòng',
  'Cần Thơ',
  'Huế',
  'An Giang',
  'Bắc Ninh',
  'Cà Mau',
  'Cao Bằng',
  'Đắk Lắk',
  'Điện Biên',
  'Đồng Nai',
  'Đồng Tháp',
  'Gia Lai',
  'Hà Tĩnh',
  'Hưng Yên',
  'Khánh Hòa',
  'Lai Châu',
  'Lạng Sơn',
  'Lào Cai',
  'Lâm Đồng',
  'Nghệ An',
  'Ninh Bình',
  'Phú Thọ',
  'Quảng Ngãi',
  'Quảng Ninh',
  'Quảng Trị',
  'Sơn La',
  'Thanh Hóa',
] as const;

const PROVIDERS = 40;
const AGENTS_PER_PROVINCE = 4;
export const GAMES_PER_PROVIDER = 5;
/** Events that one person leaves behind in the month. */
const EVENTS_PER_PERSON = 45.4;
const ADULTS_PER_MINOR = 0.1;
const HOURS = ['08:00-22:00', '08:00-22:00', '06:30-21:30', '18:00-04:00'] as const;

export interface Agent {
  readonly agentId: string;
  readonly name: string;
  readonly licenceNo: string;
  readonly province: string;
  readonly hours: string;
}

export interface Provider {
  readonly providerId: string;
  readonly name: string;
}

export interface Cast {
  readonly seed: number;
  readonly partitions: number;
  readonly providers: readonly Provider[];
  readonly agents: readonly Agent[];
  readonly minors: number;
  /** Minors first. */
  readonly persons: number;
}

export interface CastSize {
  readonly events: number;
  readonly partitions: number;
  readonly seed: number;
}

export function makeCast({ events, partitions, seed }: CastSize): Cast {
  const random = new Random(seed);
  const minors = Math.ceil(events / EVENTS_PER_PERSON / (1 + ADULTS_PER_MINOR));
  return {
    seed,
    partitions,
    minors,
    persons: Math.ceil(minors * (1 + ADULTS_PER_MINOR)),
    providers: Array.from({ length: PROVIDERS }, (_, index) => ({
      providerId: `prv_month${String(index).padStart(2, '0')}`,
      name: `Công ty Trò chơi số ${index + 1}`,
    })),
    agents: PROVINCES.flatMap((province, at) =>
      Array.from({ length: AGENTS_PER_PROVINCE }, (_, index) => ({
        agentId: `agt_month${at}x${index}`,
        name: `Quán Net ${province} ${index + 1}`,
        licenceNo: `${String(at + 1).padStart(2, '0')}/GP-${index + 1}`,
        province,
        hours: random.pick(HOURS),
      })),
    ),
  };
}
