using Xunit;

namespace BufferLifetime.Analyzers.Tests.Rules;

/// <summary>The groups of bugs that the kernel had: what a rule can see is found, its repaired twin is silent, and what none can see has its reason.</summary>
public sealed class KernelBugTableTests
{
    public static TheoryData<int> Groups(bool found) => [.. KernelBug.All.Where(bug => bug.Rule is not null == found).Select(static bug => bug.Group)];

    [Fact]
    public void Every_group_is_answered_once() => Assert.Equal(Enumerable.Range(1, 22), KernelBug.All.Select(static bug => bug.Group));

    [Theory]
    [MemberData(nameof(Groups), true)]
    public Task Bug_is_found_by_its_rule(int group)
    {
        KernelBug bug = KernelBug.All[group - 1];
        Assert.Contains("{|" + bug.Rule + ":", bug.Bug, StringComparison.Ordinal);
        return RuleCode.VerifyEveryRuleAsync("\n" + bug.Bug);
    }

    [Theory]
    [MemberData(nameof(Groups), true)]
    public Task Repaired_twin_is_silent(int group) => RuleCode.VerifyEveryRuleAsync("\n" + KernelBug.All[group - 1].Repaired);

    [Theory]
    [MemberData(nameof(Groups), false)]
    public void Bug_that_no_rule_can_see_has_its_reason(int group) => Assert.False(string.IsNullOrWhiteSpace(KernelBug.All[group - 1].Reason));
}
