// One game, four looks: colours and shapes by game id.

export interface Look {
  readonly sky: string;
  readonly far: string;
  readonly near: string;
  readonly ground: string;
  readonly ripple: string;
  readonly craft: string;
  readonly trim: string;
  readonly prize: string;
  readonly hazard: string;
  readonly shape: 'boat' | 'lantern' | 'hawk';
  readonly prizeShape: 'lotus' | 'star' | 'gem';
  /** In the sky: a sun or a moon. */
  readonly orb: string;
}

const BOAT: Look = {
  sky: '#f4e3c6',
  far: '#9fb8ad',
  near: '#6d9a8b',
  ground: '#23746e',
  ripple: '#3f918a',
  craft: '#b3261e',
  trim: '#ffd166',
  prize: '#f7b2c4',
  hazard: '#3a4750',
  shape: 'boat',
  prizeShape: 'lotus',
  orb: '#f2a65a',
};

const LOOKS: Readonly<Record<string, Look>> = {
  'dua-thuyen-rong': BOAT,
  'san-sao-trung-thu': {
    sky: '#1b2447',
    far: '#2a3563',
    near: '#33407a',
    ground: '#141b38',
    ripple: '#26315c',
    craft: '#e4572e',
    trim: '#ffd166',
    prize: '#ffe08a',
    hazard: '#6b7594',
    shape: 'lantern',
    prizeShape: 'star',
    orb: '#fff3cf',
  },
  'bi-mat-co-loa': {
    sky: '#dce9e4',
    far: '#a9bfa2',
    near: '#7d9a6c',
    ground: '#4d6b45',
    ripple: '#628257',
    craft: '#4a2f1b',
    trim: '#e0b354',
    prize: '#6ee0d0',
    hazard: '#33402f',
    shape: 'hawk',
    prizeShape: 'gem',
    orb: '#fbe7b2',
  },
  'kiem-khach-tay-son': {
    sky: '#f0c9a0',
    far: '#b9785a',
    near: '#96523f',
    ground: '#5f2f2a',
    ripple: '#743c34',
    craft: '#f3e2c4',
    trim: '#d7472f',
    prize: '#ffb84d',
    hazard: '#331512',
    shape: 'hawk',
    prizeShape: 'gem',
    orb: '#d7472f',
  },
};

export const lookOf = (gameId: string): Look => LOOKS[gameId] ?? BOAT;
