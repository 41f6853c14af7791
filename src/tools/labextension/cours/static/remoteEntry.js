// L'extension du cours, écrite à la main : JupyterLab charge ce fichier tel quel (« federated extension »), sans npm.
// Elle prend à JupyterLab lui-même les modules dont elle a besoin, par le partage de modules de webpack.
(() => {
    'use strict';

    const NAME = 'cours';
    const TAIL = 3;                                   // les dernières lignes montrées
    const KEPT = 50;                                  // lignes retenues par cellule
    const LINGER = 15_000;                            // ms : le bandeau s'en va de lui-même

    const KEYS = [
        ['Ctrl + Entrée', 'exécuter la cellule, et y rester'],
        ['Maj + Entrée', 'exécuter la cellule, et passer à la suivante'],
        ['↓  ou  J', 'cellule suivante'],
        ['↑  ou  K', 'cellule précédente'],
        ['Entrée, Échap', 'écrire dans la cellule, en sortir'],
        ['Espace, page suivante', 'diapositive suivante (page précédente : revenir)'],
        ['+  et  −', 'caractères plus grands, plus petits'],
        ['N', 'écran noir ; une touche le rend'],
        ['T', 'bandeau des lignes tardives : oui ou non'],
        ['H', 'redémarrer, et exécuter jusqu’ici'],
        ['0 0', 'redémarrer le noyau'],
        ['I I', 'interrompre la cellule'],
        ['?', 'cette carte']
    ];

    const STYLE = `
        #cours-bandeau { background: #1b2a49; color: #fff; border-top: 4px solid #ffb347; cursor: pointer; overflow: hidden;
            white-space: pre; padding: 4px 16px; font: 15px/1.4 var(--jp-code-font-family); min-height: 100px; }
        #cours-bandeau b { color: #ffd08a; }
        .cours-projecteur #cours-bandeau { font-size: calc(1.35vw * var(--cours-zoom));
            min-height: calc(4 * 1.4 * 1.35vw * var(--cours-zoom) + 12px); }
        #cours-noir { position: fixed; inset: 0; z-index: 10000; background: #000; }
        #cours-carte { position: fixed; inset: 0; z-index: 9999; display: grid; place-items: center; background: #0009; }
        #cours-carte table { background: #fff; color: #1b2a49; border-radius: 8px; padding: 1.2em 2em; border-spacing: 1.5em .35em;
            font: max(16px, 1.7vw)/1.3 var(--jp-ui-font-family); }
        #cours-carte th { text-align: left; font-weight: 600; font-family: var(--jp-code-font-family); white-space: nowrap; }
        #cours-touches { font: bold 14px/1 var(--jp-ui-font-family); width: 24px; height: 24px; cursor: pointer;
            border: 1px solid var(--jp-border-color1); border-radius: 50%; background: none; color: var(--jp-ui-font-color1); }
        .jp-RenderedSVG img { max-width: 100%; height: auto; }
        .cours-cache { display: none !important; }
        #cours-compte { position: absolute; right: 1vw; bottom: .6vw; color: #8a94a6; font: 1.1vw var(--jp-ui-font-family); z-index: 5; }
        .cours-diapositives :is(.jp-NotebookPanel-toolbar, .jp-cell-toolbar, .jp-collapseHeadingButton) { display: none !important; }
        .cours-diapositives .jp-MarkdownOutput { border-color: transparent !important; }
        .cours-diapositives .jp-MarkdownCell.jp-mod-active { outline: none; box-shadow: none; border-color: transparent; }
        .cours-diapositives .jp-MarkdownCell .jp-Collapser { visibility: hidden; }
        body.cours-projecteur {
            --jp-code-font-size: calc(1.5vw * var(--cours-zoom)) !important;
            --jp-content-font-size1: calc(1.65vw * var(--cours-zoom)) !important;
            --jp-cell-prompt-width: 4.2vw !important; }
        .cours-projecteur :is(.jp-InputPrompt, .jp-OutputPrompt) { font-size: 1.1vw; letter-spacing: 0; padding-inline: 0 4px; }
        .cours-projecteur .jp-Notebook .jp-Cell { padding-left: 0; padding-right: .4vw; }
        .cours-projecteur .jp-NotebookPanel-notebook { padding: 0; }
        .cours-projecteur .jp-RenderedHTMLCommon :is(img, svg) { max-height: 48vh; object-fit: contain; object-position: left; }
        .cours-projecteur .jp-OutputArea-output svg { width: 100%; height: auto; max-height: 60vh; }
        .cours-projecteur .jp-RenderedSVG img { width: calc(67.2vw * var(--cours-zoom)); max-width: 100%; height: auto; max-height: 60vh;
            object-fit: contain; object-position: left top; }
        .cours-projecteur .jp-RenderedHTMLCommon table { font-size: calc(1.5vw * var(--cours-zoom)); }`;

    let scope;

    /** Un module de JupyterLab. */
    const shared = async name => (await Object.values(scope[name])[0].get())();

    const element = (tag, id, text = '') => Object.assign(document.createElement(tag), {id, textContent: text});

    /** Les lignes qu'une cellule finie écrit encore, et où elle est. */
    class Band {
        constructor(Widget, app, tracker) {
            this.app = app;
            this.tracker = tracker;
            this.cells = new Map();                   // identifiant de la demande -> la cellule
            this.kernels = new Set();
            this.on = false;
            this.widget = new Widget();
            this.widget.id = 'cours-bandeau';
            this.widget.node.title = 'Cliquer pour aller à cette cellule';
            this.widget.node.addEventListener('click', () => this.goToCell());
            app.shell.add(this.widget, 'bottom', {rank: 0});
            this.widget.hide();
            const sessions = app.serviceManager.sessions;
            sessions.runningChanged.connect(() => this.listenToAll());
            sessions.ready.then(() => this.listenToAll());
            tracker.currentChanged.connect(() => this.listenToAll());
        }

        listenToAll() {
            for (const session of this.app.serviceManager.sessions.running()) {
                if (!session.kernel || this.kernels.has(session.kernel.id)) continue;
                this.kernels.add(session.kernel.id);
                const kernel = this.app.serviceManager.kernels.connectTo({model: session.kernel});
                kernel.iopubMessage.connect((_, message) => this.receive(message));
                kernel.disposed.connect(() => this.kernels.delete(session.kernel.id));
            }
        }

        receive(message) {
            const id = message.parent_header.msg_id;
            const {msg_type: type} = message.header;
            if (type === 'execute_input') {
                if (message.content.execution_count === 1) this.cells.clear();          // un noyau neuf
                this.cells.set(id, {count: message.content.execution_count, code: message.content.code, done: false, lines: []});
            }
            const cell = this.cells.get(id);
            if (!cell) return;
            if (type === 'status' && message.content.execution_state === 'idle') cell.done = true;
            if (type !== 'stream' || !cell.done) return;
            cell.lines.push(...message.content.text.replace(/\n$/, '').split('\n'));
            cell.lines.splice(0, cell.lines.length - KEPT);
            // après que JupyterLab a montré la sortie, si elle est à l'écran
            requestAnimationFrame(() => this.show(cell));
        }

        /** La cellule qui a ce numéro ; une cellule exécutée de nouveau en a changé. */
        find(cell) {
            const notebook = this.tracker.currentWidget?.content;
            return notebook?.widgets.find(widget => widget.model.type === 'code' && widget.model.executionCount === cell.count);
        }

        isOnScreen(cell) {
            const output = this.find(cell)?.node.querySelector('.jp-OutputArea');
            if (!output?.checkVisibility()) return false;
            const panel = output.closest('.jp-WindowedPanel-outer, .jp-NotebookPanel')?.getBoundingClientRect();
            const {bottom, height} = output.getBoundingClientRect();
            return height > 0 && panel && bottom > panel.top && bottom <= panel.bottom + 2;
        }

        isBelow(cell) {
            const widgets = this.tracker.currentWidget?.content.widgets ?? [];
            const active = this.tracker.currentWidget?.content.activeCell;
            return widgets.indexOf(this.find(cell)) > widgets.indexOf(active);
        }

        show(cell) {
            if (!this.on) return;
            if (this.isOnScreen(cell)) {
                if (this.shown === cell) this.leave();
                return;
            }
            this.shown = cell;
            const head = element('b', '', `${this.isBelow(cell) ? '▼' : '▲'} sous la cellule [${cell.count}]   ${title(cell.code)}\n`);
            this.widget.node.replaceChildren(head, cell.lines.slice(-TAIL).join('\n'));
            const running = this.tracker.currentWidget?.content.activeCell?.node;
            const bottom = running?.getBoundingClientRect().bottom;
            if (this.widget.isHidden) {
                this.widget.show();
                this.keepInView(running, bottom);
            }
            clearTimeout(this.timer);
            this.timer = setTimeout(() => this.leave(), LINGER);
        }

        /** La feuille a raccourci : ce qu'on voyait du bas de la cellule active reste visible. */
        keepInView(cell, bottom) {
            const panel = cell?.closest('.jp-WindowedPanel-outer');
            if (!panel) return;
            const before = panel.getBoundingClientRect().bottom;
            requestAnimationFrame(() => {
                const now = panel.getBoundingClientRect().bottom;
                if (bottom <= before && bottom > now) panel.scrollTop += bottom - now;
            });
        }

        leave() {
            this.shown = undefined;
            this.widget.hide();
        }

        goToCell() {
            const widget = this.shown && this.find(this.shown);
            const notebook = this.tracker.currentWidget?.content;
            if (widget) {
                notebook.activeCellIndex = notebook.widgets.indexOf(widget);
                widget.node.querySelector('.jp-OutputArea')?.scrollIntoView({block: 'end'});
            }
            this.leave();
        }
    }

    /**
     * Une diapositive par idée : ce qui est dit, puis le code. Ce que l'on en conclut attend la touche suivante, sous le résultat. Rien
     * n'est noté dans le notebook : tout se déduit de ses titres et de l'ordre de ses cellules, et l'on exécute les vraies.
     */
    class Slides {
        constructor(app, panel) {
            this.app = app;
            this.panel = panel;
            this.notebook = panel.content;
            this.place = 0;
            this.shown = 0;                           // conclusions montrées sur cette diapositive
            this.counter = element('div', 'cours-compte');
            panel.node.append(this.counter);
            panel.toolbar.hide();
            this.build();
            this.notebook.model.cells.changed.connect(() => requestAnimationFrame(() => this.rebuild()));
            for (const widget of this.notebook.widgets) this.followOutputOf(widget);
            this.go(0);
        }

        build() {
            this.slides = [];
            const cells = this.notebook.widgets;
            cells.forEach((cell, index) => {
                const current = this.slides.at(-1);
                const text = cell.model.sharedModel.getSource().trim();
                const isCode = cell.model.type === 'code';
                const beforeCode = cells[index + 1]?.model.type === 'code';
                const isHeading = /^#{1,4} /.test(text);
                if (!isCode && text.startsWith('<div') && text.includes('logo.svg')) return;         // le bandeau de la page
                if (current && (isCode || current.loneHeading)) {
                    current.cells.push(cell);
                    current.loneHeading = current.loneHeading && isHeading && !text.includes('\n');
                    current.hasCode ||= isCode;
                } else if (current?.hasCode && !isHeading && !beforeCode) {
                    current.conclusions.push(cell);
                } else {
                    this.slides.push({cells: [cell], conclusions: [], hasCode: isCode,
                        loneHeading: isHeading && !text.includes('\n')});
                }
            });
        }

        rebuild() {
            const active = this.notebook.activeCell;
            this.build();
            const place = this.slides.findIndex(slide => [...slide.cells, ...slide.conclusions].includes(active));
            for (const widget of this.notebook.widgets) this.followOutputOf(widget);
            this.show(place < 0 ? Math.min(this.place, this.slides.length - 1) : place, Infinity);
        }

        go(place, conclusions = 0) {
            this.show(place, conclusions);
            const slide = this.slides[this.place];
            const code = slide.cells.find(cell => cell.model.type === 'code') ?? slide.cells[0];
            this.notebook.activeCellIndex = this.notebook.widgets.indexOf(code);
            code.node.focus();
            this.scroller().scrollTop = 0;
        }

        show(place, conclusions) {
            this.place = Math.max(0, Math.min(place, this.slides.length - 1));
            const slide = this.slides[this.place];
            this.shown = Math.min(conclusions, slide.conclusions.length);
            const visible = new Set([...slide.cells, ...slide.conclusions.slice(0, this.shown)]);
            for (const cell of this.notebook.widgets) cell.node.classList.toggle('cours-cache', !visible.has(cell));
            this.counter.textContent = `${this.place + 1} / ${this.slides.length}`;
        }

        next() {
            const slide = this.slides[this.place];
            if (this.shown < slide.conclusions.length) {
                this.show(this.place, this.shown + 1);
                requestAnimationFrame(() => this.follow(slide.conclusions[this.shown - 1]));
            } else if (this.place + 1 < this.slides.length) this.go(this.place + 1);
        }

        previous() {
            if (this.shown > 0) this.show(this.place, this.shown - 1);
            else if (this.place > 0) this.go(this.place - 1, Infinity);
        }

        scroller() {
            return this.notebook.node.querySelector('.jp-WindowedPanel-outer') ?? this.notebook.node;
        }

        /** Une sortie qui grandit reste en vue, tant que l'on n'a pas remonté la diapositive soi-même. */
        followOutputOf(cell) {
            if (cell.model.type !== 'code' || cell.node.dataset.followed) return;
            cell.node.dataset.followed = 'oui';
            let height = 0;
            const area = cell.node.querySelector('.jp-Cell-outputWrapper');
            new ResizeObserver(() => {
                const grown = area.offsetHeight > height;
                height = area.offsetHeight;
                // une conclusion déjà montrée ne doit pas passer sous l'écran
                if (grown) this.follow(this.slides[this.place].conclusions[this.shown - 1] ?? cell);
            }).observe(area);
        }

        follow(cell) {
            if (cell.node.classList.contains('cours-cache')) return;
            const {bottom} = cell.node.getBoundingClientRect();
            const limit = this.scroller().getBoundingClientRect().bottom;
            if (bottom > limit) this.scroller().scrollTop += bottom - limit + 8;
        }

        async run() {
            await this.panel.sessionContext.ready;    // tapé avant que le noyau soit là, Maj-Entrée n'exécuterait rien
            await this.app.commands.execute('notebook:run-cell');
            const cells = this.slides[this.place].cells.filter(cell => cell.model.type === 'code');
            const following = cells[cells.indexOf(this.notebook.activeCell) + 1];
            if (following) this.notebook.activeCellIndex = this.notebook.widgets.indexOf(following);
        }
    }

    /** La ligne d'une cellule qui la fait reconnaître : la première qui appelle quelque chose. */
    const title = code => (code.split('\n').find(line => /\(/.test(line) && !/^\s*(\/\/|import)/.test(line)) ?? code.split('\n')[0])
        .replace(/\s*\/\/.*$/, '').trim().slice(0, 70);

    const isWriting = target => target instanceof Element && target.closest('.cm-editor, input, textarea, [contenteditable="true"]');

    const cover = node => {
        document.body.append(node);
        const leave = event => {
            event.preventDefault();
            event.stopImmediatePropagation();
            node.remove();
            removeEventListener('keydown', leave, true);
        };
        addEventListener('keydown', leave, true);
        node.addEventListener('click', leave, {once: true});
    };

    const showCard = () => {
        const card = element('div', 'cours-carte');
        const table = document.createElement('table');
        for (const [key, meaning] of KEYS) {
            const row = table.insertRow();
            row.append(element('th', '', key));
            row.insertCell().textContent = meaning;
        }
        card.append(table);
        cover(card);
    };

    const activate = async (app, tracker, registry) => {
        const {Widget} = await shared('@lumino/widgets');
        const settings = await registry.load(`${NAME}:plugin`);
        const get = name => settings.composite[name];
        document.head.append(element('style', 'cours-style', STYLE));
        const band = new Band(Widget, app, tracker);
        let slides;

        const apply = () => {
            document.body.classList.toggle('cours-projecteur', get('projector'));
            document.body.style.setProperty('--cours-zoom', get('zoom'));
            band.on = get('band');
            if (!band.on) band.leave();
            dispatchEvent(new Event('resize'));
        };
        settings.changed.connect(apply);
        apply();

        const commands = {
            'cours:touches': {label: 'Touches du cours', execute: showCard},
            'cours:noir': {label: 'Écran noir', execute: () => cover(element('div', 'cours-noir'))},
            'cours:bandeau': {label: 'Bandeau des lignes tardives', isToggled: () => get('band'),
                execute: () => settings.set('band', !get('band'))},
            'cours:plus-grand': {label: 'Caractères plus grands', execute: () => settings.set('zoom', Math.min(2.5, get('zoom') * 1.1))},
            'cours:plus-petit': {label: 'Caractères plus petits', execute: () => settings.set('zoom', Math.max(0.6, get('zoom') / 1.1))},
            'cours:jusqu-ici': {label: 'Redémarrer le noyau et exécuter jusqu’ici',
                execute: () => app.commands.execute('notebook:restart-and-run-to-selected')}
        };
        for (const [id, command] of Object.entries(commands)) app.commands.addCommand(id, command);

        // par la lettre, et non par la place de la touche : les claviers n'ont pas tous « ? » au même endroit
        const keys = {'?': 'cours:touches', n: 'cours:noir', t: 'cours:bandeau', '+': 'cours:plus-grand', '-': 'cours:plus-petit',
            h: 'cours:jusqu-ici'};
        addEventListener('keydown', event => {
            if (slides && event.key === 'Enter' && (event.shiftKey || event.ctrlKey)) return stop(event, () => slides.run());
            if (slides && !isWriting(event.target) && !event.ctrlKey && !event.altKey && !event.metaKey) {
                const back = event.key === 'PageUp' || event.key === 'ArrowLeft' || event.key === ' ' && event.shiftKey;
                if (back) return stop(event, () => slides.previous());
                if ([' ', 'PageDown', 'ArrowRight'].includes(event.key)) return stop(event, () => slides.next());
            }
            const command = keys[event.key];
            if (!command || event.ctrlKey || event.altKey || event.metaKey || isWriting(event.target)) return;
            if (!tracker.currentWidget || tracker.currentWidget !== app.shell.currentWidget) return;
            stop(event, () => app.commands.execute(command));
        }, true);

        tracker.widgetAdded.connect((_, panel) => panel.toolbar.insertAfter('kernelName', 'touches', button(Widget)));
        // sans l'attendre : JupyterLab n'est « restauré » qu'une fois tous ses greffons en place
        app.restored.then(() => get('projector') && hideTheRest(app));
        if (get('slides')) tracker.currentChanged.connect(async (_, panel) => {
            if (!panel) return;
            await panel.context.ready;
            await panel.revealed;
            document.body.classList.add('cours-diapositives');
            for (const widget of app.shell.layout.widgets) if (['jp-top-panel', 'jp-menu-panel'].includes(widget.id)) widget.hide();
            slides = new Slides(app, panel);
        });
    };

    const stop = (event, act) => {
        event.preventDefault();
        event.stopImmediatePropagation();
        act();
    };

    /** Une seule feuille, aucun volet. */
    const hideTheRest = app => {
        app.shell.mode = 'single-document';
        for (const side of ['left', 'right']) {
            const tabs = document.querySelector(`.jp-SideBar.jp-mod-${side}`);
            if (tabs?.checkVisibility()) app.commands.execute('application:toggle-side-tabbar', {side});
        }
        app.shell.collapseLeft();
        app.shell.collapseRight();
    };

    /** Le bouton « ? » de la barre d'outils. */
    const button = Widget => {
        const node = element('button', 'cours-touches', '?');
        node.title = 'Touches du cours';
        node.addEventListener('click', showCard);
        return new Widget({node});
    };

    const extension = async () => {
        const {INotebookTracker} = await shared('@jupyterlab/notebook');
        const {ISettingRegistry} = await shared('@jupyterlab/settingregistry');
        const plugin = {id: `${NAME}:plugin`, autoStart: true, requires: [INotebookTracker, ISettingRegistry], activate};
        return () => ({__esModule: true, default: plugin});
    };

    window._JUPYTERLAB = window._JUPYTERLAB || {};
    window._JUPYTERLAB[NAME] = {init: given => { scope = given; }, get: extension};
})();
