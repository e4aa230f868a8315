using System.Collections.Immutable;
using BufferLifetime.Analyzers.Tests.Robustness;
using BufferLifetime.Analyzers.Tests.Verification;
using BufferLifetime.CodeFixes.Repairs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Xunit;

namespace BufferLifetime.Analyzers.Tests.CodeFixes;

/// <summary>
/// Whatever is typed, wherever a report says that something is, and whatever has become of the text since: no fix throws. What it makes of
/// damaged code is not looked at, for nothing that does not compile is offered.
/// </summary>
public sealed class DamagedCodeTests
{
    private const int MutantsPerSource = 24;
    private const int ReportsPerMutant = 30;

    private static readonly string[] Bugs =
    [
        """
        using System; using System.Buffers; using System.IO; using System.Runtime.InteropServices; using System.Threading.Tasks; using BufferLifetime;
        unsafe class C : IDisposable
        {
            private byte[] _buffer = ArrayPool<byte>.Shared.Rent(8);
            private readonly nint _block = Marshal.AllocHGlobal(8);
            private IMemoryOwner<byte> _owner = MemoryPool<byte>.Shared.Rent(8);
            public void Grow() => _owner = MemoryPool<byte>.Shared.Rent(16);
            public void OnError(int status) { if (status < 0) Marshal.FreeHGlobal(_block); }
            public void Dispose() { ArrayPool<byte>.Shared.Return(_buffer); Marshal.FreeHGlobal(_block); _owner.Dispose(); }
            static Task<int> Read(Stream stream)
            {
                byte[] buffer = ArrayPool<byte>.Shared.Rent(8);
                try { return stream.ReadAsync(buffer, 0, 8); }
                finally { ArrayPool<byte>.Shared.Return(buffer); }
            }
            static async Task Write(Stream stream, int n)
            {
                byte[] rented = null;
                if (n > 3) rented = ArrayPool<byte>.Shared.Rent(n);
                Task writing = stream.WriteAsync(rented, 0, n);
                ArrayPool<byte>.Shared.Return(rented);
                await writing;
                ArrayPool<byte>.Shared.Return(rented);
            }
            static int Pin(byte[] array, Memory<byte> memory)
            {
                GCHandle handle = GCHandle.Alloc(array, GCHandleType.Pinned);
                MemoryHandle pin = memory.Pin();
                switch (array.Length) { case 1: return ((byte*)pin.Pointer)[0]; default: break; }
                handle.Free(); handle.Free();
                return ((byte*)handle.AddrOfPinnedObject())[0];
            }
        }
        """,
        """
        using System; using System.Threading; using System.Threading.Tasks; using BufferLifetime;
        class C
        {
            static bool TrySend(ref IovIter iter) => iter.IsEmpty;
            static long Length(IovIter iter) => iter.Count;
            static async Task<bool> Ask(IovIter iter, RegisteredBufferTable table)
            {
                using ExtractedIter kept = iter.ExtractToBvec();
                IovIter converted = kept.Iter;
                RegisteredImport import = table.Import(0, 0, 512, TransferDirection.Source);
                if (import.Bytes == 3) return !converted.ExtractWillPin;
                await Task.Yield();
                _ = Task.Run(() => Length(iter));
                while (!TrySend(ref iter)) Thread.Sleep(1);
                return kept.Iter.ExtractMode() == ExtractMode.Pin;
            }
        }
        """,
    ];

    public static TheoryData<Type> Providers => FixProviderTests.Providers;

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task No_fix_throws_over_damaged_code(Type type)
    {
        var provider = (RepairProvider)Activator.CreateInstance(type)!;
        Random random = new(20 + type.Name.Length);
        SolutionSkeleton skeleton = await SolutionSkeleton.ForAsync(ReferenceAssemblies.Default);
        Project project = skeleton.Empty();
        foreach (string source in Bugs.Concat(Corpus.Sources))
        {
            string[] mutants = [source, .. Mutants.WithoutEachStatement(source), .. Mutants.WithoutEachToken(source), .. Mutants.CutAtEachStatement(source)];
            random.Shuffle(mutants);
            foreach (string mutant in mutants.Take(MutantsPerSource).Append(source))
                await SurvivesAsync(provider, project.AddDocument("Damaged.cs", mutant), random);
        }
    }

    /// <summary>Proposes for reports that the rules never made, over places that may be anything.</summary>
    private static async Task SurvivesAsync(RepairProvider provider, Document document, Random random)
    {
        SyntaxNode root = (await document.GetSyntaxRootAsync())!;
        SemanticModel model = (await document.GetSemanticModelAsync())!;
        SyntaxNode[] nodes = [.. root.DescendantNodes()];
        foreach (Repair repair in provider.Repairs)
        {
            for (int i = 0; i < ReportsPerMutant && nodes.Length > 0; i++)
            {
                SyntaxNode spot = nodes[random.Next(nodes.Length)], origin = nodes[random.Next(nodes.Length)];
                var properties = ImmutableDictionary<string, string?>.Empty
                    .Add("confidence", i % 2 == 0 ? "certain" : "possible").Add("released", "twice").Add("verb", "Unpin");
                Report report = new(provider.FixableDiagnosticIds[i % provider.FixableDiagnosticIds.Length], spot, i % 5 == 0 ? null : origin, properties);
                try
                {
                    foreach (Proposal proposal in repair.Propose(report, model, CancellationToken.None))
                        _ = proposal.Root.ToFullString();
                }
                catch (Exception thrown)
                {
                    Assert.Fail($"{repair.GetType().Name} throws at '{spot}' with '{origin}': {thrown}\n{root.ToFullString()}");
                }
            }
        }
    }

    [Fact]
    public async Task Reports_of_damaged_code_are_answered_in_every_way_or_in_none()
    {
        // Through the door that hosts use: every report that the rules make of damaged code, to every fix that speaks of it.
        RepairProvider[] providers = [.. FixProviderTests.Types.Select(type => (RepairProvider)Activator.CreateInstance(type)!)];
        Project project = (await SolutionSkeleton.ForAsync(ReferenceAssemblies.Default)).Empty();
        AnalyzerHarness harness = new(new BufferLifetimeAnalyzer());
        int offered = 0;
        foreach (string source in Bugs)
        {
            string[] mutants = [source, .. Mutants.WithoutEachStatement(source)];
            foreach (string mutant in mutants)
            {
                Document document = project.AddDocument("Damaged.cs", mutant);
                AnalysisRun run = await harness.RunAsync((await document.Project.GetCompilationAsync())!);
                foreach (Diagnostic diagnostic in run.Diagnostics.Where(diagnostic => diagnostic.Location.IsInSource))
                {
                    foreach (RepairProvider provider in providers.Where(provider => provider.FixableDiagnosticIds.Contains(diagnostic.Id)))
                        await provider.RegisterCodeFixesAsync(new CodeFixContext(document, diagnostic, (_, _) => offered++, CancellationToken.None));
                }
            }
        }

        Assert.True(offered > 50, $"{offered} were offered: the sources no longer show what they are for.");
    }
}
