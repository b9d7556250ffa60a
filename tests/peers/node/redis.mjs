// The client of a Redis that an app hands to msal-node's DistributedCachePlugin: get and set, and no more.
import { connect } from "node:net";

export class Redis {
  #answers = Buffer.alloc(0);
  #waiting = [];

  constructor(port) {
    this.socket = connect({ host: "127.0.0.1", port: Number(port) });
    this.socket.unref();
    this.socket.on("data", (data) => this.#take(data));
  }

  async get(key) {
    return this.#ask("GET", key);
  }

  async set(key, value) {
    return this.#ask("SET", key, value);
  }

  #ask(...words) {
    const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
    this.socket.ref();
    this.socket.write(`*${words.length}\r\n${parts.join("")}`);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  // "+OK", "$-1" or "$LENGTH" and the text.
  #take(data) {
    this.#answers = Buffer.concat([this.#answers, data]);
    for (;;) {
      const end = this.#answers.indexOf("\r\n");
      if (end < 0) return;
      const head = this.#answers.toString("utf8", 0, end);
      if (head.startsWith("-")) throw new Error(head);
      const length = head.startsWith("$") ? Number(head.slice(1)) : -1;
      const whole = end + 2 + (length < 0 ? 0 : length + 2);
      if (this.#answers.length < whole) return;
      const text = length < 0 ? (head === "$-1" ? null : head.slice(1)) : this.#answers.toString("utf8", end + 2, whole - 2);
      this.#answers = this.#answers.subarray(whole);
      this.#waiting.shift()(text);
      if (this.#waiting.length === 0) this.socket.unref();
    }
  }
}
