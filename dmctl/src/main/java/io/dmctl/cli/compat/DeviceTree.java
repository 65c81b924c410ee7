package io.dmctl.cli.compat;

import io.dmctl.bindings.control.DmDeps;
import io.dmctl.bindings.sys.Devno;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which device uses which, of all mapped devices and what they are on.
final class DeviceTree {
    private final Host host;
    private final int dmMajor;
    private final Map<Devno, Node> nodes = new HashMap<>();
    private final Node root = new Node(new Devno(0, 0), null);

    /// A device; `info` is null for one that is not mapped.
    static final class Node {
        final Devno devno;
        final @Nullable Info info;
        private final List<Node> uses = new ArrayList<>();
        private final List<Node> usedBy = new ArrayList<>();

        private Node(Devno devno, @Nullable Info info) {
            this.devno = devno;
            this.info = info;
        }

        String name() {
            return info == null ? "" : info.name();
        }

        /// What it uses or, `inverted`, what uses it; the root stands for nothing.
        List<Node> next(boolean inverted) {
            return inverted ? usedBy : uses;
        }
    }

    DeviceTree(Host host) {
        this.host = host;
        this.dmMajor = host.dmMajor();
    }

    /// @throws Failed when a device cannot be asked; the tree then has those before it
    void addAll() throws Failed {
        host.each(device -> add(root, device.devno()));
    }

    Node root() {
        return root;
    }

    @Nullable
    Node find(Devno devno) {
        return nodes.get(devno);
    }

    /// How many it uses or, `inverted`, use it, without the root.
    int count(Node node, boolean inverted) {
        final List<Node> next = node.next(inverted);
        return next.contains(root) ? 0 : next.size();
    }

    private void add(Node parent, Devno devno) throws Failed {
        final Node known = nodes.get(devno);
        if (known != null) {
            link(parent, known);
            return;
        }
        final boolean mapped = devno.major() == dmMajor;
        final Device device = Device.numbered(devno);
        final DmDeps found = mapped ? host.kernel.deps(device) : null;
        final Node node = new Node(devno, found == null ? null : host.info(found.info()));
        nodes.put(devno, node);
        link(parent, node);
        final List<Devno> deps = found == null ? List.of() : found.devices();
        if (deps.isEmpty()) {
            link(node, root);
        }
        for (Devno dep : deps) {
            add(node, dep);
        }
    }

    /// The root uses whom nobody uses, and is used by who uses nobody.
    private void link(Node parent, Node child) {
        if (parent == root) {
            if (count(child, true) > 0) {
                return;
            }
        } else {
            unlink(root, child);
        }
        if (child == root) {
            if (count(parent, false) > 0) {
                return;
            }
        } else {
            unlink(parent, root);
        }
        if (!parent.uses.contains(child)) {
            parent.uses.add(child);
            child.usedBy.add(parent);
        }
    }

    private static void unlink(Node parent, Node child) {
        parent.uses.remove(child);
        child.usedBy.remove(parent);
    }
}
