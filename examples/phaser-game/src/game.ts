import { Game, Scale } from 'phaser';
import { startPlaying } from './play-limit.ts';
import { StarScene } from './star-scene.ts';

const scene = new StarScene();
const game = new Game({
  width: 800,
  height: 600,
  backgroundColor: '#101830',
  scale: { mode: Scale.FIT, autoCenter: Scale.CENTER_BOTH },
  physics: { default: 'arcade', arcade: { gravity: { x: 0, y: 90 } } },
  scene,
});

game.events.once('ready', () => void startPlaying(game, () => scene.save()));
