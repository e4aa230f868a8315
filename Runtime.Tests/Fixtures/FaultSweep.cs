namespace BufferLifetime.Tests;

/// <summary>Thrown by a step that a test made fail.</summary>
public sealed class InjectedFaultException : Exception;

/// <summary>Runs an operation again and again, each time making the next of its steps fail, until none is left to fail.</summary>
internal static class FaultSweep
{
    /// <returns>How many steps there were, each of which was made to fail once.</returns>
    internal static int Over(Action operation, Func<FaultPoint, Exception>? fault = null)
    {
        for (int step = 0; ; step++)
        {
            int left = step;
            bool failed = false;
            Faults.Inject(point =>
            {
                if (left-- == 0)
                {
                    failed = true;
                    throw fault?.Invoke(point) ?? new InjectedFaultException();
                }
            });
            try
            {
                operation();
            }
            catch (InjectedFaultException)
            {
                Assert.True(failed);
            }
            finally
            {
                Faults.Inject(null);
            }

            if (!failed)
                return step;
        }
    }
}
