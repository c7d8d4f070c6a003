/** Follows the picture stream of one cluster and view, keeps the picture whole, and tells its listeners of every message. */

import { hashKey } from "@tanstack/react-query";

import type { ApiError } from "@/api/bindings/ApiError";
import type { View } from "@/api/bindings/View";
import { type PictureId, asApiError, streams } from "@/api/host";
import type { OpenStream } from "@/api/transport/transport";
import { type Store, createStore } from "@/lib/store";

import { type Applied, LostMessage, applyMessage } from "./apply";
import { decode } from "./decode";
import type { Picture } from "./types";

export interface FeedState {
  picture: Picture | null;
  /** Waiting for the first message, or for the first one after the view changed. */
  waiting: boolean;
  error: ApiError | null;
}

type Listener = (applied: Applied, changed: readonly string[]) => void;

export class PictureFeed {
  readonly state: Store<FeedState> = createStore<FeedState>({ picture: null, waiting: true, error: null });
  private readonly listeners = new Set<Listener>();
  private stream: OpenStream<View> | null = null;
  private number: number | null = null;
  /** The view of the picture that is held. */
  private held: View | null = null;

  constructor(
    private readonly cluster: string,
    private view: View,
  ) {}

  /** Asks for another view; what is on screen stays until the new picture is there, where what both show has the same place. */
  show(view: View) {
    this.view = view;
    // One that failed is over; of one that has shown nothing yet, nothing is to keep its place.
    if (this.stream === null || this.number === null || this.state.get().error !== null) return this.reopen();
    this.stream.send(view);
    this.state.set((state) => ({ ...state, waiting: !this.isHeld() }));
  }

  restart() {
    this.number = null;
    this.reopen();
  }

  private reopen() {
    this.state.set((state) => ({ ...state, waiting: !this.isHeld(), error: null }));
    this.stream?.close();
    this.stream = streams.picture(() => ({ cluster: this.cluster, view: this.view, resume: this.number }), {
      item: (message) => this.receive(message),
      failed: (error) => this.state.set((state) => ({ ...state, waiting: false, error })),
    });
  }

  /** Whether what is held is of the view that is wanted: nothing may follow but what is missing of it. */
  private isHeld(): boolean {
    return this.number !== null && hashKey([this.held]) === hashKey([this.view]);
  }

  stop() {
    this.stream?.close();
    this.stream = null;
    // Whoever waits for another picture must see that none will come.
    this.state.set((state) => ({ ...state, waiting: true }));
  }

  /** Asks about the picture that is shown. Where another has replaced it meanwhile, the question is asked again of that. */
  async ask<T>(question: (picture: PictureId) => Promise<T>): Promise<T> {
    const asked = this.state.get().picture?.id ?? null;
    try {
      return await question(asked);
    } catch (thrown) {
      if (asApiError(thrown).code !== "gone" || !(await this.replaced(asked))) throw thrown;
      return this.ask(question);
    }
  }

  /** Whoever comes late gets the whole picture first. */
  listen(listener: Listener): () => void {
    const { picture } = this.state.get();
    if (picture !== null) listener({ picture, dirty: null }, []);
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Waits for another picture; false where none will come. */
  private replaced(asked: PictureId): Promise<boolean> {
    return new Promise((resolve) => {
      const look = () => {
        const { picture, error } = this.state.get();
        const other = picture !== null && picture.id !== asked;
        if (!other && error === null && this.stream !== null) return;
        unsubscribe();
        resolve(other);
      };
      const unsubscribe = this.state.subscribe(look);
      look();
    });
  }

  private receive(message: ArrayBuffer) {
    try {
      const decoded = decode(message);
      const { picture: before } = this.state.get();
      const applied = applyMessage(this.number === null ? null : before, decoded);
      this.number = decoded.header.number;
      if (decoded.header.view) this.held = decoded.header.view;
      this.state.set({ picture: applied.picture, waiting: !this.isHeld(), error: null });
      for (const listener of this.listeners) listener(applied, decoded.header.changed);
    } catch (thrown) {
      if (thrown instanceof LostMessage) this.restart();
      else this.fail(thrown);
    }
  }

  private fail(thrown: unknown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    this.stop();
    this.state.set((state) => ({ ...state, waiting: false, error: { code: "failed", message, detail: null } }));
  }
}
