// One short sound is right, two low ones are wrong; the screen says the same in words.
let context = null;

function tone(frequency, from, seconds) {
  const oscillator = context.createOscillator();
  const gain = context.createGain();
  oscillator.frequency.value = frequency;
  gain.gain.value = 0.2;
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(context.currentTime + from);
  oscillator.stop(context.currentTime + from + seconds);
}

export function sound(isRight) {
  context ??= globalThis.AudioContext ? new AudioContext() : null;
  if (!context) return;
  if (isRight) tone(1200, 0, 0.09);
  else [0, 0.22].forEach((from) => tone(220, from, 0.15));
  navigator.vibrate?.(isRight ? 40 : [120, 80, 120]);
}
