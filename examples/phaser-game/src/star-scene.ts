// The game itself, which knows nothing of limits: move the basket with the mouse, a finger or the arrow keys, catch stars.
import { type GameObjects, type Physics, Scene, type Types } from 'phaser';

const STAR_EVERY_MS = 700;
const BASKET_SPEED = 480;
const SAVED_SCORE = 'star-basket.score';

export class StarScene extends Scene {
  #basket!: Physics.Arcade.Image;
  #stars!: Physics.Arcade.Group;
  #keys!: Types.Input.Keyboard.CursorKeys;
  #label!: GameObjects.Text;
  #score = Number(localStorage.getItem(SAVED_SCORE) ?? 0);

  constructor() {
    super('stars');
  }

  create(): void {
    this.#drawTextures();
    this.#label = this.add.text(16, 560, '', { fontSize: '24px', color: '#ffe9a8' });
    this.#basket = this.physics.add.image(400, 520, 'basket').setImmovable(true).setCollideWorldBounds(true);
    (this.#basket.body as Physics.Arcade.Body).setAllowGravity(false);
    this.#stars = this.physics.add.group();
    this.#keys = this.input.keyboard!.createCursorKeys();
    this.input.on('pointermove', ({ worldX }: { readonly worldX: number }) => this.#basket.setX(worldX));
    this.time.addEvent({ delay: STAR_EVERY_MS, loop: true, callback: () => this.#dropStar() });
    this.physics.add.overlap(this.#basket, this.#stars, (_basket, star) => {
      star.destroy();
      this.#addScore(1);
    });
    this.#addScore(0);
  }

  override update(): void {
    const direction = Number(this.#keys.right.isDown) - Number(this.#keys.left.isDown);
    this.#basket.setVelocityX(direction * BASKET_SPEED);
  }

  save(): void {
    localStorage.setItem(SAVED_SCORE, String(this.#score));
  }

  #dropStar(): void {
    for (const star of this.#stars.getChildren()) if ((star as GameObjects.Image).y > 620) star.destroy();
    const star = this.#stars.create(40 + Math.random() * 720, -20, 'star') as Physics.Arcade.Image;
    star.setVelocity(Math.random() * 80 - 40, 60).setAngularVelocity(120);
  }

  #addScore(points: number): void {
    this.#score += points;
    this.#label.setText(`★ ${this.#score}`);
  }

  #drawTextures(): void {
    const pen = this.make.graphics({}, false);
    pen.fillStyle(0xffd75e);
    pen.beginPath();
    for (let corner = 0; corner < 10; corner++) {
      const radius = corner % 2 === 0 ? 18 : 8;
      const angle = (corner * Math.PI) / 5 - Math.PI / 2;
      pen.lineTo(18 + radius * Math.cos(angle), 18 + radius * Math.sin(angle));
    }
    pen.closePath();
    pen.fillPath();
    pen.generateTexture('star', 36, 36);
    pen.clear();
    pen.fillStyle(0xc9853f).fillRoundedRect(0, 0, 110, 44, 14);
    pen.fillStyle(0x8f5a26).fillRect(0, 12, 110, 5).fillRect(0, 26, 110, 5);
    pen.generateTexture('basket', 110, 44);
    pen.destroy();
  }
}
