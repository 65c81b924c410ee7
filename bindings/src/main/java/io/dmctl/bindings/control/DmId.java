package io.dmctl.bindings.control;

import io.dmctl.bindings.sys.Devno;

/// What names a device in a request: exactly one of name, uuid, device number.
public sealed interface DmId {
    record ByName(DmName name) implements DmId {
        @Override
        public String toString() {
            return name.toString();
        }
    }

    record ByUuid(DmUuid uuid) implements DmId {
        @Override
        public String toString() {
            return uuid.toString();
        }
    }

    record ByDevno(Devno devno) implements DmId {
        @Override
        public String toString() {
            return devno.toString();
        }
    }

    static DmId of(DmName name) {
        return new ByName(name);
    }

    static DmId of(DmUuid uuid) {
        return new ByUuid(uuid);
    }

    static DmId of(Devno devno) {
        return new ByDevno(devno);
    }
}
