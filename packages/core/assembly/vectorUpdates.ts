/**
 * One optimizer step over the flat vector: each kernel reads and writes every array once. Elements are
 * independent, so the order does not matter to the bits; the last few elements take the same float32 arithmetic
 * one at a time. `decay` is the L2 weight decay: g = gradient + decay·parameter.
 */

/** p −= rate·g */
export function sgd(parameter: usize, gradient: usize, length: i32, rate: f32, decay: f32): void {
  const bytes = (<usize>length) << 2;
  const wide = bytes & ~15;
  const rates = f32x4.splat(rate);
  const decays = f32x4.splat(decay);
  let at: usize = 0;
  for (; at < wide; at += 16) {
    const p = v128.load(parameter + at);
    const g = f32x4.add(v128.load(gradient + at), f32x4.mul(decays, p));
    v128.store(parameter + at, f32x4.sub(p, f32x4.mul(rates, g)));
  }
  for (; at < bytes; at += 4) {
    const p = f32.load(parameter + at);
    const g = f32.load(gradient + at) + decay * p;
    f32.store(parameter + at, p - rate * g);
  }
}

/** v = mu·v + g; p −= rate·v */
export function momentum(
  parameter: usize,
  gradient: usize,
  velocity: usize,
  length: i32,
  rate: f32,
  decay: f32,
  mu: f32,
): void {
  const bytes = (<usize>length) << 2;
  const wide = bytes & ~15;
  const rates = f32x4.splat(rate);
  const decays = f32x4.splat(decay);
  const mus = f32x4.splat(mu);
  let at: usize = 0;
  for (; at < wide; at += 16) {
    const p = v128.load(parameter + at);
    const g = f32x4.add(v128.load(gradient + at), f32x4.mul(decays, p));
    const v = f32x4.add(f32x4.mul(mus, v128.load(velocity + at)), g);
    v128.store(velocity + at, v);
    v128.store(parameter + at, f32x4.sub(p, f32x4.mul(rates, v)));
  }
  for (; at < bytes; at += 4) {
    const p = f32.load(parameter + at);
    const g = f32.load(gradient + at) + decay * p;
    const v = mu * f32.load(velocity + at) + g;
    f32.store(velocity + at, v);
    f32.store(parameter + at, p - rate * v);
  }
}

/** v = mu·v + g; p −= rate·(g + mu·v) */
export function nesterov(
  parameter: usize,
  gradient: usize,
  velocity: usize,
  length: i32,
  rate: f32,
  decay: f32,
  mu: f32,
): void {
  const bytes = (<usize>length) << 2;
  const wide = bytes & ~15;
  const rates = f32x4.splat(rate);
  const decays = f32x4.splat(decay);
  const mus = f32x4.splat(mu);
  let at: usize = 0;
  for (; at < wide; at += 16) {
    const p = v128.load(parameter + at);
    const g = f32x4.add(v128.load(gradient + at), f32x4.mul(decays, p));
    const v = f32x4.add(f32x4.mul(mus, v128.load(velocity + at)), g);
    v128.store(velocity + at, v);
    v128.store(parameter + at, f32x4.sub(p, f32x4.mul(rates, f32x4.add(g, f32x4.mul(mus, v)))));
  }
  for (; at < bytes; at += 4) {
    const p = f32.load(parameter + at);
    const g = f32.load(gradient + at) + decay * p;
    const v = mu * f32.load(velocity + at) + g;
    f32.store(velocity + at, v);
    f32.store(parameter + at, p - rate * (g + mu * v));
  }
}

/** s += g²; p −= (rate·g) / (√s + epsilon) */
export function adagrad(
  parameter: usize,
  gradient: usize,
  squares: usize,
  length: i32,
  rate: f32,
  decay: f32,
  epsilon: f32,
): void {
  const bytes = (<usize>length) << 2;
  const wide = bytes & ~15;
  const rates = f32x4.splat(rate);
  const decays = f32x4.splat(decay);
  const epsilons = f32x4.splat(epsilon);
  let at: usize = 0;
  for (; at < wide; at += 16) {
    const p = v128.load(parameter + at);
    const g = f32x4.add(v128.load(gradient + at), f32x4.mul(decays, p));
    const s = f32x4.add(v128.load(squares + at), f32x4.mul(g, g));
    v128.store(squares + at, s);
    const step = f32x4.div(f32x4.mul(rates, g), f32x4.add(f32x4.sqrt(s), epsilons));
    v128.store(parameter + at, f32x4.sub(p, step));
  }
  for (; at < bytes; at += 4) {
    const p = f32.load(parameter + at);
    const g = f32.load(gradient + at) + decay * p;
    const s = f32.load(squares + at) + g * g;
    f32.store(squares + at, s);
    f32.store(parameter + at, p - (rate * g) / (sqrt<f32>(s) + epsilon));
  }
}

/** s = keep·s + (1 − keep)·g²; p −= (rate·g) / (√s + epsilon). `fresh` is 1 − keep, rounded by the caller. */
export function rmsprop(
  parameter: usize,
  gradient: usize,
  squares: usize,
  length: i32,
  rate: f32,
  decay: f32,
  keep: f32,
  fresh: f32,
  epsilon: f32,
): void {
  const bytes = (<usize>length) << 2;
  const wide = bytes & ~15;
  const rates = f32x4.splat(rate);
  const decays = f32x4.splat(decay);
  const keeps = f32x4.splat(keep);
  const freshs = f32x4.splat(fresh);
  const epsilons = f32x4.splat(epsilon);
  let at: usize = 0;
  for (; at < wide; at += 16) {
    const p = v128.load(parameter + at);
    const g = f32x4.add(v128.load(gradient + at), f32x4.mul(decays, p));
    const s = f32x4.add(f32x4.mul(keeps, v128.load(squares + at)), f32x4.mul(freshs, f32x4.mul(g, g)));
    v128.store(squares + at, s);
    const step = f32x4.div(f32x4.mul(rates, g), f32x4.add(f32x4.sqrt(s), epsilons));
    v128.store(parameter + at, f32x4.sub(p, step));
  }
  for (; at < bytes; at += 4) {
    const p = f32.load(parameter + at);
    const g = f32.load(gradient + at) + decay * p;
    const s = keep * f32.load(squares + at) + fresh * (g * g);
    f32.store(squares + at, s);
    f32.store(parameter + at, p - (rate * g) / (sqrt<f32>(s) + epsilon));
  }
}

/**
 * m = beta1·m + fresh1·g; v = beta2·v + fresh2·g²; p = shrink·p − (rate·m) / (√v·root + epsilon).
 * The caller gives fresh = 1 − beta, rate = lr / (1 − beta1ᵗ), root = 1 / √(1 − beta2ᵗ). Adam has shrink = 1 and the
 * decay in the gradient; AdamW has decay = 0 and shrink = 1 − lr·weightDecay. 28 bytes move per parameter.
 */
export function adam(
  parameter: usize,
  gradient: usize,
  moment1: usize,
  moment2: usize,
  length: i32,
  rate: f32,
  decay: f32,
  shrink: f32,
  beta1: f32,
  fresh1: f32,
  beta2: f32,
  fresh2: f32,
  root: f32,
  epsilon: f32,
): void {
  const bytes = (<usize>length) << 2;
  const wide = bytes & ~15;
  const rates = f32x4.splat(rate);
  const decays = f32x4.splat(decay);
  const shrinks = f32x4.splat(shrink);
  const beta1s = f32x4.splat(beta1);
  const fresh1s = f32x4.splat(fresh1);
  const beta2s = f32x4.splat(beta2);
  const fresh2s = f32x4.splat(fresh2);
  const roots = f32x4.splat(root);
  const epsilons = f32x4.splat(epsilon);
  let at: usize = 0;
  for (; at < wide; at += 16) {
    const p = v128.load(parameter + at);
    const g = f32x4.add(v128.load(gradient + at), f32x4.mul(decays, p));
    const m = f32x4.add(f32x4.mul(beta1s, v128.load(moment1 + at)), f32x4.mul(fresh1s, g));
    const v = f32x4.add(f32x4.mul(beta2s, v128.load(moment2 + at)), f32x4.mul(fresh2s, f32x4.mul(g, g)));
    v128.store(moment1 + at, m);
    v128.store(moment2 + at, v);
    const step = f32x4.div(f32x4.mul(rates, m), f32x4.add(f32x4.mul(f32x4.sqrt(v), roots), epsilons));
    v128.store(parameter + at, f32x4.sub(f32x4.mul(shrinks, p), step));
  }
  for (; at < bytes; at += 4) {
    const p = f32.load(parameter + at);
    const g = f32.load(gradient + at) + decay * p;
    const m = beta1 * f32.load(moment1 + at) + fresh1 * g;
    const v = beta2 * f32.load(moment2 + at) + fresh2 * (g * g);
    f32.store(moment1 + at, m);
    f32.store(moment2 + at, v);
    f32.store(parameter + at, shrink * p - (rate * m) / (sqrt<f32>(v) * root + epsilon));
  }
}
