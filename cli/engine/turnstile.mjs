/**
 * Lets several tasks run at once and their output appear one after the other: the first task that is not done yet writes
 * straight through, the others wait in memory for their turn.
 */
export class Turnstile {
  /** @type {{ chunks: string[], done: boolean }[]} */
  #queue = [];
  #turn = 0;
  #write;

  /** @param {(text: string) => void} write */
  constructor(write) {
    this.#write = write;
  }

  /** A place in the queue; places are served in the order in which they were asked for. */
  place() {
    const place = { chunks: /** @type {string[]} */ ([]), done: false };
    this.#queue.push(place);
    return {
      write: (/** @type {string} */ text) => {
        place.chunks.push(text);
        this.#serve();
      },
      end: () => {
        place.done = true;
        this.#serve();
      },
    };
  }

  #serve() {
    for (let place = this.#queue[this.#turn]; place !== undefined; place = this.#queue[++this.#turn]) {
      for (const text of place.chunks.splice(0)) this.#write(text);
      if (!place.done) return;
    }
  }
}
