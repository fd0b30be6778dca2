import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { beatMs, deadAfterMs, goneAfterMs, Liveness } from './liveness.ts';

/** Ticks of a process that is awake, until so much time has passed; tells who died. */
function pass(liveness: Liveness, clock: { ms: number }, ms: number, onTick = () => {}): string[] {
  const dead: string[] = [];
  for (const until = clock.ms + ms; clock.ms < until; ) {
    clock.ms += beatMs;
    liveness.tick(clock.ms);
    onTick();
    dead.push(...liveness.bury());
  }
  return dead;
}

describe('another node', () => {
  test('is alive from its first word on, and as long as it goes on', () => {
    const clock = { ms: 5_000 };
    const liveness = new Liveness(clock.ms);
    assert.equal(liveness.isAlive('b'), false);
    assert.equal(liveness.heard('b'), true);
    assert.equal(liveness.heard('b'), false);
    assert.deepEqual(
      pass(liveness, clock, 60_000, () => liveness.heard('b')),
      [],
    );
    assert.equal(liveness.isAlive('b'), true);
  });

  test('is dead after its silence, once, and may come back', () => {
    const clock = { ms: 0 };
    const liveness = new Liveness(clock.ms);
    liveness.heard('b');
    assert.deepEqual(pass(liveness, clock, deadAfterMs - beatMs), []);
    assert.deepEqual(pass(liveness, clock, 10_000), ['b']);
    assert.equal(liveness.isAlive('b'), false);
    assert.equal(liveness.heard('b'), true);
  });

  test('is dead so soon that its addresses are elsewhere three seconds after it fell silent', () => {
    const clock = { ms: 0 };
    const liveness = new Liveness(clock.ms);
    liveness.heard('b');
    // Half a second is left to announce them, on a machine with too much to do.
    assert.deepEqual(pass(liveness, clock, 2_500), ['b']);
  });

  test('outlives an agent’s restart of a second and the words that are lost with it', () => {
    const clock = { ms: 0 };
    const liveness = new Liveness(clock.ms);
    liveness.heard('b');
    assert.deepEqual(pass(liveness, clock, beatMs + 1_000), []);
  });

  test('is waited for longer while its kernel answers, and not for ever', () => {
    const clock = { ms: 0 };
    const liveness = new Liveness(clock.ms);
    liveness.heard('b');
    const asking = () => {
      for (const who of liveness.doubted()) liveness.answered(who);
    };
    assert.deepEqual(pass(liveness, clock, goneAfterMs - 2 * beatMs, asking), []);
    assert.deepEqual(pass(liveness, clock, 4 * beatMs, asking), ['b']);
  });

  test('whose kernel stops answering is dead soon after', () => {
    const clock = { ms: 0 };
    const liveness = new Liveness(clock.ms);
    liveness.heard('b');
    pass(liveness, clock, 4_000, () => liveness.answered('b'));
    assert.deepEqual(pass(liveness, clock, 3 * beatMs), ['b']);
  });

  test('does not die because this process stood still, for however long', () => {
    const clock = { ms: 0 };
    const liveness = new Liveness(clock.ms);
    for (const stillMs of [3_000, 60_000, 86_400_000]) {
      liveness.heard('b');
      clock.ms += stillMs;
      assert.deepEqual(pass(liveness, clock, beatMs), []);
    }
  });

  test('is dead, all the same, when it is silent while this process is slow', () => {
    const clock = { ms: 0 };
    const liveness = new Liveness(clock.ms);
    liveness.heard('b');
    let ticks = 0;
    for (; liveness.isAlive('b') && ticks < 100; ticks++) {
      clock.ms += 3 * beatMs;
      liveness.tick(clock.ms);
      liveness.bury();
    }
    assert.ok(ticks < 5, `${ticks} ticks`);
  });
});

test('a node listens for as long as others may be silent before it takes anything', () => {
  const clock = { ms: 0 };
  const liveness = new Liveness(clock.ms);
  pass(liveness, clock, deadAfterMs);
  assert.ok(liveness.awakeMs >= deadAfterMs);
});
