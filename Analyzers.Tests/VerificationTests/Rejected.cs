using Xunit;
using BufferLifetime.Analyzers.Tests.Verification;

namespace BufferLifetime.Analyzers.Tests.VerificationTests;

/// <summary>Asserts that the verifier fails a test, and says why.</summary>
internal static class Rejected
{
    public static async Task<string> ByAsync(Func<Task> test, params string[] reasons)
    {
        VerificationException failure = await Assert.ThrowsAsync<VerificationException>(test);
        Assert.All(reasons, reason => Assert.Contains(reason, failure.Message, StringComparison.Ordinal));
        return failure.Message;
    }
}
