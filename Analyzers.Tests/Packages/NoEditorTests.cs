using Xunit;

namespace BufferLifetime.Analyzers.Tests.Packages;

/// <summary>Stands where <c>EditorTests</c> stands in a host that has no <c>MSBuildWorkspace</c>, so that the run tells what it has not seen.</summary>
public sealed class NoEditorTests
{
    [Fact(Skip = "Microsoft.CodeAnalysis.Workspaces.MSBuild of this host asks for Microsoft.VisualStudio.SolutionPersistence, which cannot be restored. EditorTests run in the fixes' own host.")]
    public void Every_action_that_is_offered_compiles_alone_and_all_together_leave_nothing()
    {
    }
}
