window.__TAURI__.core.invoke("answer");
