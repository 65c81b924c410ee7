package io.dmctl.lab;

import java.lang.reflect.Method;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.opentest4j.TestAbortedException;

/// On the host: boots the lab for the class and gives each method the guest's result in place of a run. In the guest:
/// lets everything run.
final class LabExtension implements BeforeAllCallback, AfterAllCallback, InvocationInterceptor {
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(LabExtension.class);

    @Override
    public void beforeAll(ExtensionContext context) {
        if (Guest.isHere()) {
            return;
        }
        LabTest needs = context.getRequiredTestClass().getAnnotation(LabTest.class);
        if (needs == null) {
            throw new IllegalStateException(
                    context.getRequiredTestClass() + ": @LabTest belongs on the outermost class");
        }
        context.getStore(NAMESPACE).put(LabBoot.class, LabBoot.run(context.getRequiredTestClass(), needs));
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (!Guest.isHere()) {
            boot(context).requireCleanEnd();
        }
    }

    private static LabBoot boot(ExtensionContext context) {
        return Objects.requireNonNull(context.getStore(NAMESPACE).get(LabBoot.class, LabBoot.class));
    }

    @Override
    public void interceptTestMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        report(invocation, context);
    }

    @Override
    public void interceptTestTemplateMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        report(invocation, context);
    }

    @Override
    public <T extends @Nullable Object> T interceptTestFactoryMethod(
            Invocation<T> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        if (!Guest.isHere()) {
            throw new IllegalStateException(
                    "a lab class cannot have a @TestFactory: its tests are not known on the host");
        }
        return invocation.proceed();
    }

    private static void report(Invocation<Void> invocation, ExtensionContext context) throws Throwable {
        if (Guest.isHere()) {
            invocation.proceed();
            return;
        }
        invocation.skip();
        GuestResult result = boot(context).result(context.getUniqueId());
        switch (result.outcome()) {
            case PASSED -> {}
            case ABORTED -> {
                // A lab test that did not run proves nothing: where the run counts, it fails.
                if (LabBoot.IN_CI) {
                    throw new GuestFailure("skipped in the lab's guest, which CI does not allow: " + result.text());
                }
                throw new TestAbortedException(result.text());
            }
            case FAILED -> throw new GuestFailure("in the lab's guest: " + result.text());
        }
    }

    @Override
    public void interceptBeforeAllMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        inGuestOnly(invocation);
    }

    @Override
    public void interceptAfterAllMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        inGuestOnly(invocation);
    }

    @Override
    public void interceptBeforeEachMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        inGuestOnly(invocation);
    }

    @Override
    public void interceptAfterEachMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        inGuestOnly(invocation);
    }

    private static void inGuestOnly(Invocation<Void> invocation) throws Throwable {
        if (Guest.isHere()) {
            invocation.proceed();
        } else {
            invocation.skip();
        }
    }
}
