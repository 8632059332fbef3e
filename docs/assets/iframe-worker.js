/* Lets the search of this site run in a page that was opened from the disk, where browsers start no worker: the script
 * of the worker runs in a hidden frame instead. Nothing is asked of the network. */
if (window.location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(url) {
      super()
      this.waiting = [] // what was said before the frame could hear
      this.frame = document.createElement("iframe")
      this.frame.hidden = true
      this.frame.srcdoc = `<script src="${new URL(url, document.baseURI).href}"></` + `script>`
      this.frame.onload = () => {
        // what the script says to its page, it says to this worker
        this.frame.contentWindow.postMessage = data => this.dispatchEvent(new MessageEvent("message", { data }))
        const waiting = this.waiting
        this.waiting = null
        waiting.forEach(data => this.postMessage(data))
      }
      document.body.appendChild(this.frame)
    }

    postMessage(data) {
      if (this.waiting) this.waiting.push(data)
      else this.frame.contentWindow.dispatchEvent(new MessageEvent("message", { data }))
    }

    terminate() {
      this.frame.remove()
    }
  }
}
